import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { renderFlagPage, renderOverview, renderReport } from "../../../../src/cli/board/page.ts";
import type { Board, FlagDetail, Metrics } from "../../../../src/operations/board/board.ts";
import { readBoard } from "../../../../src/operations/board/read-board.ts";
import { AGENT, writeBoardProject } from "../../../support/board-project.ts";

const NOW = new Date("2027-01-31T12:00:00Z");
const HOSTILE = `"><script>alert(1)</script>\u202E'\u0007`;
const COUNTS = { total: 200, bad: 4, seconds: 10 };
const METRICS: Metrics = {
  kind: "read",
  source: "prometheus",
  points: [
    { at: new Date("2027-01-31T11:58:00Z"), withFlag: { total: 100, bad: 4, seconds: 5 }, without: { total: 300, bad: 0, seconds: null } },
    { at: new Date("2027-01-31T12:00:00Z"), withFlag: { total: 100, bad: 0, seconds: 5 }, without: { total: 0, bad: 0, seconds: 0 } },
  ],
  sum: { withFlag: COUNTS, without: { total: 300, bad: 0, seconds: null } },
  slow: null,
  since: new Date("2027-01-31T11:56:00Z"),
  warning: null,
};

let root: string;
let board: Board;
let detail: FlagDetail;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-page-"));
  await writeBoardProject(root, NOW);
  board = await readBoard(root, { flag: AGENT }, NOW, ({ stage }) =>
    Promise.resolve(() => Promise.resolve(stage === "staging" ? METRICS : { kind: "none", reason: "nobody looks" })),
  );
  const [first] = board.details;
  if (first === undefined) throw new Error("the board has no detail");
  detail = first;
});
afterAll(() => rm(root, { recursive: true, force: true }));

/** One element of a page and what is in it, without line breaks between elements. */
function part(html: string, from: string, to: string): string {
  const start = html.indexOf(from);
  return html.slice(start, html.indexOf(to, start) + to.length).replaceAll(/>\n\s*</g, "><");
}

describe("the matrix", () => {
  it("has a cell that says how far, since when, by what, and what may come next", async () => {
    const cell = part(await renderOverview(board), '<span class="cell-stage" aria-hidden="true">staging', "</td>");
    expect(cell.replaceAll(/<svg.*?<\/svg>/gs, "<svg/>")).toBe(
      '<span class="cell-stage" aria-hidden="true">staging</span><div class="cell"><div class="cell-head"><span class="state state-part"><svg/><span class="state-words">25%</span></span><svg/></div>' +
        '<p class="aside">since 6h</p><p class="line tone-aside">#5 ann</p><p class="line">next 50%: dev soaks 4h, approval first</p></div></td>',
    );
  });

  it("draws the course of an exposure", async () => {
    const spark = part(await renderOverview(board), '<svg class="spark"', "</svg>");
    expect(spark).toContain('<path class="spark-line" d="M1.5 20.5H30.8V19.6H38.1V15.8H94.1V1.5H118.5V1.5" />');
  });

  it("has a flag's address, which may break after its underscores", async () => {
    expect(await renderOverview(board)).toContain('<a class="flag-name" href="/flags/AGENT_ENABLED">AGENT_<wbr />ENABLED</a>');
  });

  it("has an address for a name that is no whole text", async () => {
    const odd = { ...board, rows: [{ flag: "A\uD800", exposures: {} }], details: [{ ...detail, flag: "A\uD800" }] };
    expect(await renderOverview(odd)).toContain('href="/flags/A%EF%BF%BD"');
    expect(await renderReport(odd, "", "")).toContain('id="flag-A%EF%BF%BD"');
  });

  it("says that there are no flags", async () => {
    expect(await renderOverview({ ...board, rows: [] })).toContain('<p class="empty">The catalogue has no flags.</p>');
  });

  it("has names alone where no stage can be read, with what is missing", async () => {
    const html = await renderOverview({ ...board, status: null, lacks: [{ what: "the status of the stages", reason: "no answer within 4000 ms" }] });
    expect(html).toContain('<li><a href="/flags/AGENT_ENABLED">AGENT_ENABLED</a>: its stages cannot be read</li>');
    expect(html).toContain('<strong>missing here</strong> <span class="notice-text">the status of the stages cannot be read: no answer within 4000 ms</span>');
  });
});

describe("the page of a flag", () => {
  it("has each gate with what it says, and its way out to be opened", async () => {
    const gates = part(await renderFlagPage(board, detail), '<ul class="gates">', "</ul>");
    expect(gates).toContain(
      '<li class="gate tone-good"><span class="badge" aria-hidden="true">✓</span><div><strong>order</strong> <span class="gate-word">open</span><p class="line">dev has it fully on</p></div></li>',
    );
    expect(gates).toContain(
      '<li class="gate tone-bad"><span class="badge" aria-hidden="true">✕</span><div><strong>review</strong> <span class="gate-word">shut</span><p class="line">nobody has approved it</p><details class="ways">',
    );
    expect(gates).toContain('<p class="line">a reviewer runs: npx sluice approve AGENT_ENABLED --stage staging --to 50</p>');
  });

  it("has the very command of the rollback as text", async () => {
    const html = await renderFlagPage(board, detail);
    expect(part(html, '<pre class="command"', "</pre>")).toBe(
      '<pre class="command" tabindex="0" role="group" aria-label="Command: rollback in dev"><code>npx sluice rollback <span>--stage dev</span> <span>--flag AGENT_ENABLED</span></code></pre>',
    );
  });

  it("has what the metrics say of both variants, in words, as a drawing and as a table", async () => {
    const html = await renderFlagPage(board, detail);
    expect(html).toContain('<span class="plot-title">Failed requests, limit 5%</span>');
    expect(html).toContain(
      `<title id="errors-staging-${AGENT}-title">Failed requests in staging</title><desc id="errors-staging-${AGENT}-desc">with the flag 2%, without it 0%, from 2027-01-31 11:58:00Z to 2027-01-31 12:00:00Z, by Prometheus.</desc>`,
    );
    expect(html).toContain(
      '<td role="cell" data-label="with the flag"><div>4% of 100</div></td><td role="cell" data-label="without it"><div>0% of 300</div></td>',
    );
    expect(html).toContain(
      '<td role="cell" data-label="with the flag"><div>50 ms of 100</div></td><td role="cell" data-label="without it"><div>none of 0</div></td>',
    );
    expect(html).toContain('<p class="empty">Nothing can be said of them: nobody looks</p>');
  });

  it("has the share of answers that the catalogue calls slow, beside its limit", async () => {
    const slow = { points: METRICS.points, sum: { withFlag: COUNTS, without: null } };
    const stages = detail.stages.map((one) => ({ ...one, metrics: { ...METRICS, slow } }));
    expect(await renderFlagPage(board, { ...detail, stages })).toContain('<span class="plot-title">Slower than 1 s, limit 1%</span>');
    expect(await renderFlagPage(board, detail)).not.toContain("Slower than");
  });

  it("says what was counted where there is no course", async () => {
    const stages = detail.stages.map((one) => ({ ...one, metrics: { ...METRICS, source: "traefik" as const, points: [], since: null } }));
    const html = await renderFlagPage(board, { ...detail, stages });
    expect(html).toContain('<p class="empty">Counted since Traefik started. Its course is drawn by sluice board while it runs, or from Prometheus.</p>');
  });

  it("has an update with the difference of its config", async () => {
    expect(await renderFlagPage(board, detail)).toContain(
      '<p class="difference"><code>flags.AGENT_ENABLED</code><br /><del><span class="sr">was </span>0</del> <ins><span class="sr">is </span>25</ins></p>',
    );
  });

  it("has a way with what is due on top", async () => {
    const first = part(await renderFlagPage(board, detail), '<ol class="timeline">', "</li>");
    expect(first).toContain('<li class="happening expiry due"><span class="sign" aria-hidden="true">◷</span>');
    expect(first).toContain("<strong>expires on 2027-06-30</strong>");
  });

  it("shows text as text wherever it comes from", async () => {
    const by = { name: HOSTILE, source: "audit" as const };
    const hostile: FlagDetail = {
      ...detail,
      flag: HOSTILE,
      definition: detail.definition === null ? null : { ...detail.definition, description: HOSTILE, owner: HOSTILE, services: [HOSTILE] },
      stages: detail.stages.map((one) => ({ ...one, stage: HOSTILE, metrics: METRICS, rollback: { kind: "none" as const, reason: HOSTILE } })),
      way: detail.way.map((one) => ({ ...one, text: HOSTILE, details: [HOSTILE], by, stage: HOSTILE })),
      updates: detail.updates.map((one) => ({
        ...one,
        message: HOSTILE,
        effects: [HOSTILE],
        by,
        differences: [{ path: HOSTILE, before: HOSTILE, after: HOSTILE }],
      })),
      audit: detail.audit.map((one) => ({ ...one, by: HOSTILE, reason: HOSTILE, subject: `${AGENT}/${HOSTILE}` })),
      drills: detail.drills.map((one) => ({ ...one, by: HOSTILE, why: [HOSTILE], passed: false })),
    };
    const html = await renderReport({ ...board, project: HOSTILE, details: [hostile], lacks: [{ what: HOSTILE, reason: HOSTILE }] }, "", "");
    expect(html).not.toContain("<script");
    expect(html).not.toMatch(/[\u202E\u0007]/);
    expect(html.split("&lt;script&gt;").length).toBeGreaterThan(40);
  });
});

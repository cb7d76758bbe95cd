import { appendFile, mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { draft } from "../../support/audit.ts";
import { runSluice } from "../../support/run-sluice.ts";
import { writeAudit, writeHistory, writeProject } from "../../support/written-state.ts";

const at = (minute: number): Date => new Date(Date.UTC(2027, 0, 31, 2, minute));
const AGENT = "AGENT_ENABLED";

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-history-"));
  await writeProject(root);
  await writeHistory(root, "dev", [
    { settings: {}, at: at(0), author: "ann" },
    { settings: { flags: { [AGENT]: 5 } }, at: at(1), message: `sluice promote ${AGENT} to 5` },
    { settings: { flags: { [AGENT]: 25 } }, at: at(2), message: `sluice promote ${AGENT} to 25` },
    { settings: { flags: { [AGENT]: 25, TRANSCRIPTS_ENABLED: 1 } }, at: at(3), took: 65, author: "ben" },
    { settings: { flags: { [AGENT]: 50 } }, at: at(4), result: "failed" },
  ]);
  await writeAudit(root, "dev", [
    draft({ at: new Date("2026-01-01T00:00:00Z"), run: "of an earlier stack", by: "eve", update: 2 }),
    draft({ at: at(1), subject: AGENT, from: 0, to: 5, update: 2, durations: { active: 900, waiting: 60_000 } }),
    draft({ at: at(2), subject: AGENT, from: 5, to: 25, update: 3, durations: { active: 800, waiting: 4_000 }, result: "breached" }),
    draft({ at: at(2), subject: AGENT, operation: "promote", from: 0, to: 100, update: null, durations: { active: 1_900, waiting: 64_000 }, result: "held" }),
  ]);
});
afterAll(() => rm(root, { recursive: true, force: true }));

const document = z.object({
  updates: z.array(z.looseObject({ number: z.number(), took: z.number(), by: z.unknown(), step: z.unknown() })),
  promotions: z.array(z.unknown()),
});
const numbersIn = (stdout: string): number[] => document.parse(JSON.parse(stdout)).updates.map(({ number }) => number);
const history = (...args: string[]) => runSluice(["-C", root, "history", "--stage", "dev", ...args]);

describe("sluice history", () => {
  it("shows who made each update and how long it took, with the work and waiting of promotions apart", async () => {
    expect((await history()).stdout).toMatchInlineSnapshot(`
      "┌───┬──────────────────────┬────────┬────────┬─────────────────────────────────────────────┬────────────────────────┬──────────────┬────────────────────────────────────┐
      │ # │ when                 │ what   │ result │ effect                                      │ took                   │ who          │ message                            │
      ├───┼──────────────────────┼────────┼────────┼─────────────────────────────────────────────┼────────────────────────┼──────────────┼────────────────────────────────────┤
      │ 5 │ 2027-01-31 02:04:00Z │ update │ failed │ AGENT_ENABLED 25% -> 50%                    │ 2s                     │              │                                    │
      │   │                      │        │        │ TRANSCRIPTS_ENABLED 1% -> 0%                │                        │              │                                    │
      ├───┼──────────────────────┼────────┼────────┼─────────────────────────────────────────────┼────────────────────────┼──────────────┼────────────────────────────────────┤
      │ 4 │ 2027-01-31 02:03:00Z │ update │ ok     │ TRANSCRIPTS_ENABLED 0% -> 1%                │ 1m 5s                  │ ben (commit) │                                    │
      ├───┼──────────────────────┼────────┼────────┼─────────────────────────────────────────────┼────────────────────────┼──────────────┼────────────────────────────────────┤
      │ 3 │ 2027-01-31 02:02:00Z │ update │ ok     │ AGENT_ENABLED 5% -> 25%                     │ 800 ms + 4.0 s waiting │ ann          │ sluice promote AGENT_ENABLED to 25 │
      │   │                      │        │        │                                             │ breached               │              │                                    │
      ├───┼──────────────────────┼────────┼────────┼─────────────────────────────────────────────┼────────────────────────┼──────────────┼────────────────────────────────────┤
      │ 2 │ 2027-01-31 02:01:00Z │ update │ ok     │ AGENT_ENABLED 0% -> 5%                      │ 900 ms + 1 min waiting │ ann          │ sluice promote AGENT_ENABLED to 5  │
      │   │                      │        │        │ route voice-api.agent-enabled.agent appears │                        │              │                                    │
      ├───┼──────────────────────┼────────┼────────┼─────────────────────────────────────────────┼────────────────────────┼──────────────┼────────────────────────────────────┤
      │ 1 │ 2027-01-31 02:00:00Z │ update │ ok     │ stage created                               │ 2s                     │ ann (commit) │                                    │
      └───┴──────────────────────┴────────┴────────┴─────────────────────────────────────────────┴────────────────────────┴──────────────┴────────────────────────────────────┘
      promotion of AGENT_ENABLED by ann@example.org: held, 1.9 s + 1 min waiting in 2 steps"
    `);
  });

  it("gives the same to a program", async () => {
    const { stdout } = await history("--json");
    const { updates, promotions } = document.parse(JSON.parse(stdout));
    const promoter = { name: "ann@example.org", source: "audit" };
    expect(updates).toMatchObject([
      { number: 5, took: 2_000, by: null, step: null },
      { number: 4, took: 65_000, by: { name: "ben@example.org", source: "commit" }, step: null },
      { number: 3, by: promoter, step: { run: "run-1", from: 5, to: 25, result: "breached", durations: { active: 800, waiting: 4_000 } } },
      { number: 2, by: promoter, step: { run: "run-1", from: 0, to: 5, result: "done", durations: { active: 900, waiting: 60_000 } } },
      { number: 1, by: { name: "ann@example.org", source: "commit" }, step: null },
    ]);
    expect(promotions).toMatchObject([{ run: "run-1", flag: AGENT, result: "held", total: { active: 1_900, waiting: 64_000 } }]);
  });

  it.each([
    [AGENT, [5, 3, 2]],
    ["TRANSCRIPTS_ENABLED", [5, 4]],
  ])("of %s has updates %j", async (flag, numbers) => {
    expect(numbersIn((await history("--flag", flag, "--json")).stdout)).toEqual(numbers);
  });

  it("counts what it shows after it has chosen the flag", async () => {
    expect(numbersIn((await history("--flag", AGENT, "--limit", "2", "--json")).stdout)).toEqual([5, 3]);
  });

  it("does not know a flag that never was", async () => {
    expect(await history("--flag", "AGENT_ENABLD")).toEqual({
      code: 2,
      stdout: "",
      stderr: "--flag AGENT_ENABLD is in neither the catalogue nor the history; did you mean AGENT_ENABLED?",
    });
  });

  it("goes on with a corrupt audit, and says so once", async () => {
    await appendFile(join(root, ".state", ".sluice-audit", "sluice", "dev.jsonl"), "{ no json\nnor this\n");
    const { code, stdout, stderr } = await history("--json");
    expect(code).toBe(0);
    expect(numbersIn(stdout)).toHaveLength(5);
    expect(stderr).toBe("The audit of dev is not as it was written, so names and durations may be wrong or missing: npx sluice audit --stage dev");
  });
});

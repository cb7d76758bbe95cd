import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type FlagPlan, type KnownStage, planFlag } from "../../../../src/operations/flag-plan/flag-plan.ts";
import { readFlagPlan } from "../../../../src/operations/flag-plan/read-flag-plan.ts";
import { renderFlagPlan } from "../../../../src/operations/flag-plan/render-flag-plan.ts";
import { skeletonOf } from "../../../support/markdown.ts";
import { catalogInput, modelFrom } from "../../../support/model.ts";
import { runSluice } from "../../../support/run-sluice.ts";
import { writeCheckpoint, writeProject, writeRecord, writeStackFile } from "../../../support/written-state.ts";

const NOW = new Date("2027-01-31T02:00:00Z");
const CATALOG = {
  ...catalogInput(),
  steps: [25, 100],
  freezes: [{ name: "weekend", stages: ["staging"], timeZone: "UTC", weekly: { from: "sat 16:00", to: "mon 08:00" } }],
  flags: {
    AGENT_ENABLED: {
      ...catalogInput().flags["AGENT_ENABLED"],
      soak: { dev: "1h" },
      drill: "30d",
      review: true,
      watch: {
        duration: "10m",
        metrics: {
          errors: { kind: "error-ratio", limit: 0.05 },
          latency: { kind: "latency", limit: "1s" },
          lost: { kind: "ratio", bad: 'sum(lost{service=~"$variant"})', total: "sum(calls)", limit: 0.01, compare: false },
          queue: { kind: "value", query: "max(queue)", max: 10 },
        },
      },
    },
    TRANSCRIPTS_ENABLED: catalogInput().flags["TRANSCRIPTS_ENABLED"],
  },
};

let root: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-plan-"));
  await writeProject(root, CATALOG);
  for (const stage of ["dev", "staging", "production"]) await writeStackFile(root, stage, { flags: { AGENT_ENABLED: stage === "dev" } });
  await writeRecord(root, "dev", { AGENT_ENABLED: 100 }, { AGENT_ENABLED: "2027-01-31T01:30:00Z" });
});
afterAll(() => rm(root, { recursive: true, force: true }));

describe("the plan of a flag", () => {
  it("says all of it for one stage", async () => {
    expect(renderFlagPlan(await readFlagPlan(root, "AGENT_ENABLED", "staging", NOW))).toMatchInlineSnapshot(`
      "# Rollout plan of \`AGENT_ENABLED\`

      Answer calls with the agent

      | what | is |
      | --- | --- |
      | owner | voice |
      | expires | 2027-06-30, the last day on which it may be raised |
      | services | \`voice-api\`, \`billing-api\` |
      | routes that exist only for it | \`agent\`: \`\`PathPrefix(\`/agent\`)\`\` to \`voice-api\` |
      | requires | none |
      | required by | \`TRANSCRIPTS_ENABLED\` |
      | review by someone else | yes, of each raise |
      | rehearsed rollback | not older than 30d at a raise, from the second stage on |

      State and gates are as of 2027-01-31 02:00:00Z. A raise asks all gates again; the later stages wait for the earlier.

      ## Stages

      | stage | now | next step | each step is watched | fully on before the next stage |
      | --- | --- | --- | --- | --- |
      | \`staging\` | not deployed | 25 per cent: refused | 10m | no time |

      ## Metrics

      | metric | bad is | limit | against the variant without it |
      | --- | --- | --- | --- |
      | \`errors\` | an answer with status 500 or above | a share of 0.05 | yes |
      | \`latency\` | an answer slower than 1 s | a share of 0.01 | yes |
      | \`lost\` | \`sum(lost{service=~"$variant"})\` of \`sum(calls)\` | a share of 0.01 | no |
      | \`queue\` | \`max(queue)\` | from any to 10, 3 times in a row | no |

      Looked at every 10s, from 20 requests on either side on. Without facts a step holds, for 1h at most. A flag that changes nothing is rolled back with a probability of at most 0.01.

      ## staging

      Freezes that hold here at times: weekend.

      Who sees what, at each step:

      | step | visitors |
      | --- | --- |
      | 25% | \`billing-api\`, \`voice-api\`: 25% with \`AGENT_ENABLED\`; 75% without any flag |
      | 100% | \`billing-api\`, \`voice-api\`: 100% with \`AGENT_ENABLED\` |

      Until the flag is settled, the variants without it keep running, so that going back waits for nothing.

      What the gates say now of the step to 25 per cent:

      | gate | is | because |
      | --- | --- | --- |
      | expiry | open | expires on 2027-06-30 |
      | order | open | dev has it fully on |
      | soak | **shut** | dev has it fully on since 2027-01-31 01:30:00Z, and its soak of 1h is over at 2027-01-31 02:30:00Z |
      | freeze | **shut** | the freeze "weekend" holds until 2027-02-01 08:00:00Z |
      | drill | **shut** | no rollback was ever rehearsed in staging or dev |
      | review | **shut** | nobody has approved it |

      Success is:

      | measure | threshold | ask |
      | --- | --- | --- |
      | errors: share of answers with status 500 and above | at most 0.05 | \`(sum(rate(traefik_service_requests_total{service=~"billing-api--agent-enabled@file\\|voice-api--agent-enabled@file", code=~"[5-9].."}[10m])) or vector(0)) / sum(rate(traefik_service_requests_total{service=~"billing-api--agent-enabled@file\\|voice-api--agent-enabled@file"}[10m]))\` |
      | latency: seconds within which 99 per cent are answered | at most 1 | \`histogram_quantile(0.99, sum by (le) (rate(traefik_service_request_duration_seconds_bucket{service=~"billing-api--agent-enabled@file\\|voice-api--agent-enabled@file"}[10m])))\` |
      | lost: share of bad events | at most 0.01 | \`(sum(lost{service=~"billing-api--agent-enabled@file\\|voice-api--agent-enabled@file"})) / (sum(calls))\` |
      | queue: one number | at most 10 | \`max(queue)\` |
      | errors, latency: the variant with the flag beside the one without, at each step below 100 per cent | not worse, tested for 10m with at most 0.01 false alarms a promotion | \`npx sluice promote AGENT_ENABLED --stage staging --yes\` |
      | who sees what: shares of newcomers, returning visitors, gated routes | as the state says | \`npx sluice verify --stage staging\` |
      | the record of who did what | the chain holds | \`npx sluice audit --stage staging\` |
      | a rollback rehearsed under load, no request lost | not older than 30d when the flag is raised | \`npx sluice drill --stage staging --yes\` |

      Commands:

      \`\`\`sh
      npx sluice promote AGENT_ENABLED --stage staging                    # by the steps above, each watched
      npx sluice rollback --stage staging --flag AGENT_ENABLED            # this flag back, with proof
      npx sluice rollback --stage staging                                 # the whole stage back
      npx sluice kill AGENT_ENABLED --stage staging --reason "why"        # off at once
      npx sluice kill AGENT_ENABLED/agent --stage staging --reason "why"  # this route alone
      npx sluice revive AGENT_ENABLED --stage staging --reason "why"      # ends a kill
      npx sluice settle AGENT_ENABLED --stage staging                     # at the end
      \`\`\`
      "
    `);
  });

  it("has every stage, with what it is now", async () => {
    const text = renderFlagPlan(await readFlagPlan(root, "AGENT_ENABLED", null, NOW));
    expect(text.split("\n").filter((line) => /^\| `(dev|staging|production)`/.test(line))).toEqual([
      "| `dev` | on | none, it is fully on | 10m | 1h |",
      "| `staging` | not deployed | 25 per cent: refused | 10m | no time |",
      "| `production` | not deployed | 25 per cent: refused | 10m | no time |",
    ]);
  });

  it("says what a stage lacks, and goes on", async () => {
    const broken = await mkdtemp(join(tmpdir(), "sluice-plan-"));
    await writeProject(broken, CATALOG);
    await writeStackFile(broken, "dev", { flags: { AGENT_ENABLED: "half" } });
    await writeStackFile(broken, "staging", {});
    await writeCheckpoint(broken, "staging", "{");
    const text = renderFlagPlan(await readFlagPlan(broken, "AGENT_ENABLED", null, NOW));
    await rm(broken, { recursive: true });
    expect(text.match(/^What is missing here: .{64}/gm)).toEqual([
      expect.stringContaining("What is missing here: The config of dev cannot be used (1 fault; nothing"),
      expect.stringMatching(/^What is missing here: cannot read .*Pulumi/),
    ]);
    expect(text).toContain("| `staging` | not known | not known: the state of staging cannot be read |");
  });
});

describe("the steps of a flag", () => {
  function planOf(flag: string, settings: Record<string, unknown>, stage = "dev"): string {
    const model = modelFrom(settings, CATALOG, stage);
    const definition = model.catalog.flags[flag];
    if (definition === undefined) throw new Error(`the fixture has no flag ${flag}`);
    return renderFlagPlan(planFlag(model.catalog, flag, definition, [{ stage, model, deployed: null, status: null, fault: null }], NOW));
  }
  const lines = (text: string, start: string): string[] => text.split("\n").filter((line) => line.startsWith(start));

  it("are those after a kill that stands, and say so", () => {
    const text = planOf("AGENT_ENABLED", { flags: { AGENT_ENABLED: 25 }, kill: { AGENT_ENABLED: true } });
    expect(lines(text, "Who sees what")).toEqual(["Who sees what, at each step, with `AGENT_ENABLED` revived, which a kill keeps off now:"]);
    expect(lines(text, "| 25%")).toEqual(["| 25% | `billing-api`, `voice-api`: 25% with `AGENT_ENABLED`; 75% without any flag |"]);
    expect(lines(text, "| errors: share")[0]).toContain("voice-api--agent-enabled@file");
  });

  it("name a killed route as revive does", () => {
    const text = planOf("AGENT_ENABLED", { flags: { AGENT_ENABLED: 25 }, kill: { AGENT_ENABLED: ["agent"] } });
    expect(lines(text, "Who sees what")).toEqual(["Who sees what, at each step, with `AGENT_ENABLED/agent` revived, which a kill keeps off now:"]);
    expect(lines(text, "npx sluice revive")[0]).toContain("npx sluice revive AGENT_ENABLED/agent --stage dev");
  });

  it("take for granted that what it requires is as far on, and say so", () => {
    const text = planOf("TRANSCRIPTS_ENABLED", { flags: {}, kill: { AGENT_ENABLED: true } });
    expect(lines(text, "Who sees what")).toEqual([
      "Who sees what, at each step, with `AGENT_ENABLED` revived, which a kill keeps off now, and `AGENT_ENABLED`, which it requires, as far on:",
    ]);
    expect(lines(text, "| 25%")).toEqual(["| 25% | `voice-api`: 25% with `AGENT_ENABLED`, `TRANSCRIPTS_ENABLED`; 75% without any flag |"]);
  });

  it("take nothing for granted where nothing stands in the way", () => {
    expect(lines(planOf("TRANSCRIPTS_ENABLED", { flags: { AGENT_ENABLED: true } }), "Who sees what")).toEqual(["Who sees what, at each step:"]);
  });

  it("leave the kill of another flag as it is", () => {
    const text = planOf("AGENT_ENABLED", { flags: { AGENT_ENABLED: 25, TRANSCRIPTS_ENABLED: 25 }, kill: { TRANSCRIPTS_ENABLED: true } });
    expect(lines(text, "| 25%")).toEqual(["| 25% | `billing-api`, `voice-api`: 25% with `AGENT_ENABLED`; 75% without any flag |"]);
  });
});

describe("sluice plan", () => {
  it("prints, or writes a file", async () => {
    const file = join(root, "plan.md");
    const printed = await runSluice(["-C", root, "plan", "AGENT_ENABLED", "--stage", "dev"]);
    const written = await runSluice(["-C", root, "plan", "AGENT_ENABLED", "--stage", "dev", "--output", file]);
    expect(written).toEqual({ code: 0, stdout: `written: ${file}`, stderr: "" });
    const withoutTime = (text: string): string => text.replace(/as of .*Z\./, "").trim();
    expect(withoutTime(await readFile(file, "utf8"))).toBe(withoutTime(printed.stdout));
    expect(printed).toMatchObject({ code: 0, stderr: "" });
  });

  it.each([
    [["AGENT_ENABLD"], "There is no flag AGENT_ENABLD; the catalogue has AGENT_ENABLED, TRANSCRIPTS_ENABLED. Did you mean AGENT_ENABLED?"],
    [["AGENT_ENABLED", "--stage", "prod"], "There is no stage prod; the catalogue has dev, staging, production."],
  ])("%j is told", async (args, stderr) => {
    expect(await runSluice(["-C", root, "plan", ...args])).toEqual({ code: 2, stdout: "", stderr });
  });
});

it("no text of a person changes what the page is made of", () => {
  const unknown: KnownStage = { stage: "dev", model: modelFrom({}, CATALOG), deployed: null, status: null, fault: "benign" };
  const { catalog } = modelFrom({}, CATALOG);
  const definition = catalog.flags["AGENT_ENABLED"];
  if (definition === undefined) throw new Error("the fixture has no such flag");
  const planWith = (description: string, owner: string, query: string, fault: string): FlagPlan =>
    planFlag(
      catalog,
      "AGENT_ENABLED",
      { ...definition, description, owner, watch: { ...definition.watch, metrics: { queue: { kind: "value", query, min: null, max: 1, failures: 3 } } } },
      [{ ...unknown, fault }],
      NOW,
    );
  const skeleton = skeletonOf(renderFlagPlan(planWith("benign", "benign", "benign", "benign")));
  const text = fc.oneof(
    fc.string({ unit: "binary", minLength: 1 }),
    fc.string({ unit: fc.constantFrom("|", "\\", "`", "\n", "#", "-", "<", "a", " ", "\u0085", "\u2028", ">"), minLength: 1 }),
    fc.constant("x".repeat(100_000)),
  );
  fc.assert(
    fc.property(text, text, text, text, (description, owner, query, fault) => {
      fc.pre([description, fault].every((one) => one.trim() !== ""));
      expect(skeletonOf(renderFlagPlan(planWith(description, owner, query, fault)))).toEqual(skeleton);
    }),
  );
});

import { describe, expect, it } from "vitest";
import { ALERTS } from "../../src/monitoring/alerts.ts";
import { monitoringDocuments } from "../../src/monitoring/documents.ts";
import { monitoringFiles } from "../../src/monitoring/files.ts";
import { catalogInput } from "../support/model.ts";
import { monitoringInput } from "../support/monitoring.ts";
import { hasProgram, runOn } from "../support/prometheus-tools.ts";
import { annotationTest, ruleTest, type Scenario, type Series } from "../support/rule-test.ts";

const catalog = catalogInput();
Object.assign(catalog.flags["AGENT_ENABLED"] ?? {}, {
  watch: { metrics: { slow: { kind: "latency", limit: "250ms" }, errors: { kind: "error-ratio", limit: 0.2 } } },
});
const rules = monitoringFiles(monitoringDocuments(monitoringInput({}, catalog))).find(({ path }) => path === "rules.yaml")?.content ?? "";

/** Requests a minute, and which share of them fails or is slow. */
interface Traffic {
  readonly rate: number;
  readonly failing?: number;
  readonly slow?: number;
}

const MINUTES = 130;
const STAGE = { stage: "production" } as const;

function traffic(service: string, variant: string, { rate, failing = 0, slow = 0 }: Traffic, steps = MINUTES, minutes = 1): Series {
  const labels = `stage="production", service="${service}--${variant}@file"`;
  const growing = (share: number): string => `0+${rate * minutes * share}x${steps}`;
  const duration = (end: string): string => `traefik_service_request_duration_seconds_bucket{${labels}, le="${end}"}`;
  return {
    [`traefik_service_requests_total{${labels}, code="200"}`]: growing(1 - failing),
    [`traefik_service_requests_total{${labels}, code="503"}`]: growing(failing),
    [duration("0.1")]: growing(1 - slow),
    [duration("1")]: growing(1),
    [duration("+Inf")]: growing(1),
  };
}

function always(name: string, value: number, labels = "", steps = MINUTES): Series {
  return { [`${name}{stage="production"${labels}}`]: `${value}x${steps}` };
}

/** A quarter of the visitors has the flag, nothing fails, and everything is as it should be. */
function well(steps = MINUTES, minutes = 1): Series {
  const flag = (name: string, value: number, of = "AGENT_ENABLED"): Series => always(name, value, `, flag="${of}"`, steps);
  return {
    ...always("traefik_config_reloads_total", 1, "", steps),
    ...traffic("voice-api", "agent-enabled", { rate: 150 }, steps, minutes),
    ...traffic("voice-api", "base", { rate: 450 }, steps, minutes),
    ...traffic("billing-api", "agent-enabled", { rate: 150 }, steps, minutes),
    ...traffic("billing-api", "base", { rate: 450 }, steps, minutes),
    ...always("sluice_stage_readable", 1, "", steps),
    ...always("sluice_stage_drifted_resources", 0, "", steps),
    ...always("sluice_stage_standing_kills", 0, "", steps),
    ...always("sluice_stage_update_half_done", 0, "", steps),
    'sluice_facts_timestamp_seconds{stage="production"}': `0+${60 * minutes}x${steps}`,
    ...always("sluice_flag_info", 1, ', flag="AGENT_ENABLED", owner="voice"', steps),
    ...always("sluice_flag_info", 1, ', flag="TRANSCRIPTS_ENABLED", owner="voice"', steps),
    ...flag("sluice_flag_exposure_ratio", 0.25),
    ...flag("sluice_flag_exposure_ratio", 0, "TRANSCRIPTS_ENABLED"),
    ...flag("sluice_flag_exposure_timestamp_seconds", 0),
    ...flag("sluice_flag_exposure_timestamp_seconds", 0, "TRANSCRIPTS_ENABLED"),
    ...flag("sluice_flag_killed", 0),
    ...flag("sluice_flag_expiry_timestamp_seconds", 1e9),
    ...flag("sluice_flag_drill_due_timestamp_seconds", 1e9),
  };
}

const FLAG = { ...STAGE, flag: "AGENT_ENABLED", owner: "voice" };
const VOICE = { ...FLAG, service: "voice-api" };
const BILLING = { ...VOICE, service: "billing-api" };
const about = (alertname: string, labels: Readonly<Record<string, string>>): Record<string, string> => ({
  alertname,
  severity: ALERTS.find(({ name }) => name === alertname)?.severity ?? "",
  ...labels,
});
const voice = (withFlag: Traffic, without: Traffic = { rate: 450 }): Series => ({
  ...traffic("voice-api", "agent-enabled", withFlag),
  ...traffic("voice-api", "base", without),
});
const only = (series: Series, ...without: readonly string[]): Series =>
  Object.fromEntries(Object.entries(series).filter(([name]) => !without.some((start) => name.startsWith(start))));

const FAST = about("SluiceErrorBudgetBurnsFast", VOICE);
const SLOWLY = about("SluiceErrorBudgetBurnsSlowly", VOICE);

/** For each alert a case in which it fires and one in which it almost does. */
const CASES: readonly (readonly [title: string, changes: Series, firing: Scenario["firing"]])[] = [
  ["all is well", {}, []],
  [
    "2 per cent of requests fail on both sides: the budget is gone in days, and the flag is no worse",
    voice({ rate: 150, failing: 0.02 }, { rate: 450, failing: 0.02 }),
    [FAST, SLOWLY],
  ],
  ["0.5 per cent fail: the budget burns, but slowly", voice({ rate: 150, failing: 0.005 }), [SLOWLY]],
  ["0.05 per cent fail, which the objective allows", voice({ rate: 150, failing: 0.0005 }), []],
  [
    "every request fails, of which there are too few to say so",
    {
      ...voice({ rate: 0.1, failing: 1 }),
      ...always("sluice_flag_exposure_ratio", 0, ', flag="AGENT_ENABLED"'),
      ...traffic("billing-api", "agent-enabled", { rate: 0 }),
    },
    [],
  ],
  ["only the variant without the flag fails", voice({ rate: 150 }, { rate: 450, failing: 0.5 }), []],
  ["the flag fails far more than what is beside it", voice({ rate: 150, failing: 0.05 }), [FAST, SLOWLY, about("SluiceVariantFailsMore", VOICE)]],
  [
    "the flag is slower than what is beside it, and over its limit",
    voice({ rate: 150, slow: 0.2 }),
    [about("SluiceVariantIsSlower", VOICE), about("SluiceWatchLimitExceeded", VOICE)],
  ],
  [
    "both sides are slow: over the limit of the flag, but no slower",
    voice({ rate: 150, slow: 0.2 }, { rate: 450, slow: 0.2 }),
    [about("SluiceWatchLimitExceeded", VOICE)],
  ],
  ["fewer are slow than the limit allows", voice({ rate: 150, slow: 0.005 }), []],
  [
    "more errors than the flag's own limit, on both sides",
    voice({ rate: 150, failing: 0.3 }, { rate: 450, failing: 0.3 }),
    [FAST, SLOWLY, about("SluiceWatchLimitExceeded", VOICE)],
  ],
  [
    "half of the visitors should have the flag, and a quarter has",
    always("sluice_flag_exposure_ratio", 0.5, ', flag="AGENT_ENABLED"'),
    [about("SluiceSplitOffPlan", VOICE), about("SluiceSplitOffPlan", BILLING)],
  ],
  ["the split is off by 4 per cent", always("sluice_flag_exposure_ratio", 0.29, ', flag="AGENT_ENABLED"'), []],
  [
    "the split is off because the exposure has just changed",
    {
      ...always("sluice_flag_exposure_ratio", 0.5, ', flag="AGENT_ENABLED"'),
      ...always("sluice_flag_exposure_timestamp_seconds", 6000, ', flag="AGENT_ENABLED"'),
    },
    [],
  ],
  [
    "the split is off because of a kill",
    { ...always("sluice_flag_exposure_ratio", 1, ', flag="AGENT_ENABLED"'), ...always("sluice_flag_killed", 1, ', flag="AGENT_ENABLED"') },
    [],
  ],
  ["a file has drifted", always("sluice_stage_drifted_resources", 1), [about("SluiceStageDrifted", STAGE)]],
  ["a file had drifted and was put back", { 'sluice_stage_drifted_resources{stage="production"}': `1x100 0x${MINUTES - 101}` }, []],
  ["a kill is in no update", always("sluice_stage_standing_kills", 2), [about("SluiceKillStands", STAGE)]],
  ["a kill is being brought along", { 'sluice_stage_standing_kills{stage="production"}': `0x115 1x${MINUTES - 116}` }, []],
  ["an update is half done", always("sluice_stage_update_half_done", 1), [about("SluiceUpdateHalfDone", STAGE)]],
  ["the flag has expired", always("sluice_flag_expiry_timestamp_seconds", 3600, ', flag="AGENT_ENABLED"'), [about("SluiceFlagExpired", FLAG)]],
  ["the flag expires in a minute", always("sluice_flag_expiry_timestamp_seconds", 7260, ', flag="AGENT_ENABLED"'), []],
  ["no rollback was ever rehearsed", always("sluice_flag_drill_due_timestamp_seconds", 0, ', flag="AGENT_ENABLED"'), [about("SluiceDrillOverdue", FLAG)]],
  ["the last drill counts for another minute", always("sluice_flag_drill_due_timestamp_seconds", 7260, ', flag="AGENT_ENABLED"'), []],
  [
    "the facts are twenty minutes old",
    { 'sluice_facts_timestamp_seconds{stage="production"}': `0+60x99 5940x${MINUTES - 101}` },
    [about("SluiceFactsMissing", STAGE)],
  ],
  ["something of the stage cannot be read", always("sluice_stage_readable", 0), [about("SluiceStageUnreadable", STAGE)]],
  [
    "what another stage's facts say",
    { 'sluice_stage_readable{stage="staging"}': `0x${MINUTES}`, 'sluice_stage_drifted_resources{stage="staging"}': `9x${MINUTES}` },
    [],
  ],
];

const AT = "2h";

describe.skipIf(!(await hasProgram("promtool")))("rules by the real promtool (skipped where no promtool is on PATH)", () => {
  async function promtool(file: string): Promise<string> {
    const { code, output } = await runOn({ "rules.yaml": rules, "test.yaml": file }, "promtool", ["test", "rules", "test.yaml"]);
    return code === 0 ? "" : output;
  }

  it("are valid", async () => {
    expect(await runOn({ "rules.yaml": rules }, "promtool", ["check", "rules", "rules.yaml"])).toMatchObject({ code: 0 });
  });

  it.concurrent.each(CASES)("%s", async (_title, changes, firing) => {
    expect(await promtool(ruleTest({ series: { ...well(), ...changes }, interval: "1m", at: AT, firing }))).toBe("");
  });

  it("Traefik is not scraped", async () => {
    const series = only(well(), "traefik_");
    expect(await promtool(ruleTest({ series, interval: "1m", at: AT, firing: [about("SluiceTraefikNotScraped", STAGE)] }))).toBe("");
  });

  it("there are no facts", async () => {
    const series = only(well(), "sluice_");
    expect(await promtool(ruleTest({ series, interval: "1m", at: AT, firing: [about("SluiceFactsMissing", STAGE)] }))).toBe("");
  });

  it("0.2 per cent fail for three days: only the longest windows see it", async () => {
    const steps = 6 * 24 * 3 + 6;
    const series = { ...well(steps, 10), ...traffic("voice-api", "agent-enabled", { rate: 150, failing: 0.002 }, steps, 10) };
    expect(await promtool(ruleTest({ series, interval: "10m", at: "72h", firing: [SLOWLY] }))).toBe("");
  });

  it("0.2 per cent failed for three days, and not for the last seven hours", async () => {
    const steps = 6 * 24 * 3 + 6;
    const series = {
      ...well(steps, 10),
      'traefik_service_requests_total{stage="production", service="voice-api--agent-enabled@file", code="503"}': `0+3x${6 * 65} 1170x${6 * 7 + 5}`,
    };
    expect(await promtool(ruleTest({ series, interval: "10m", at: "72h", firing: [] }))).toBe("");
  });

  it("tells people what it means and what to run", async () => {
    const scenario = { series: { ...well(), ...voice({ rate: 150, failing: 0.05 }) }, interval: "1m", at: AT };
    const labels = { ...VOICE, severity: "critical" };
    const annotations = {
      summary: "voice-api in production fails 5% of requests with AGENT_ENABLED, far more than without",
      description:
        "At the same time and on the same service, requests with AGENT_ENABLED fail more than 2 times as often as without, and by more than 1 per cent of requests. The flag is the likely cause.",
      command: "npx sluice rollback --stage production --flag AGENT_ENABLED",
      runbook:
        '1. Take the flag back: `npx sluice rollback --stage production --flag AGENT_ENABLED`. If that takes too long: `npx sluice kill AGENT_ENABLED --stage production --reason "why"`.\n2. Prove that it worked: `npx sluice verify --stage production`.',
      runbook_url: "docs/monitoring.md#sluicevariantfailsmore",
    };
    expect(await promtool(annotationTest(scenario, "SluiceVariantFailsMore", labels, annotations))).toBe("");
  });

  it("each alert has a case in which it fires", () => {
    const fired = new Set([...CASES.flatMap(([, , firing]) => firing.map(({ alertname }) => alertname)), "SluiceTraefikNotScraped"]);
    expect(ALERTS.map(({ name }) => name).filter((name) => !fired.has(name))).toEqual([]);
  });
});

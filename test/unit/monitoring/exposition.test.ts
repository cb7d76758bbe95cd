import parsePrometheusTextFormat from "parse-prometheus-text-format";
import { describe, expect, it } from "vitest";
import { exposeFacts } from "../../../src/monitoring/exposition.ts";
import { FACTS } from "../../../src/monitoring/facts.ts";
import { everyFact } from "../../support/facts.ts";

describe("Prometheus' text format", () => {
  it("has each family once, with its help and type", () => {
    const samples = [
      { fact: "exposure", labels: { stage: "dev", flag: "A" }, value: 0.25 },
      { fact: "readable", labels: { stage: "dev" }, value: 1 },
      { fact: "exposure", labels: { stage: "staging", flag: "A" }, value: 0 },
    ] as const;
    expect(exposeFacts(samples)).toBe(
      [
        "# HELP sluice_stage_readable 1 where everything of the stage could be read, 0 where something could not; what is missing then is not known.",
        "# TYPE sluice_stage_readable gauge",
        'sluice_stage_readable{stage="dev"} 1',
        "# HELP sluice_flag_exposure_ratio Share of visitors for whom the flag is on as deployed, 0 to 1.",
        "# TYPE sluice_flag_exposure_ratio gauge",
        'sluice_flag_exposure_ratio{stage="dev",flag="A"} 0.25',
        'sluice_flag_exposure_ratio{stage="staging",flag="A"} 0',
        "",
      ].join("\n"),
    );
  });

  it.each([
    ['a "b"', String.raw`a \"b\"`],
    ["a\\n", String.raw`a\\n`],
    ["a\nb", String.raw`a\nb`],
    ["\ud800", "\ufffd"],
  ])("escapes %j in a label", (label, text) => {
    expect(exposeFacts([{ fact: "readable", labels: { stage: label }, value: 1 }])).toContain(`{stage="${text}"} 1`);
  });

  it.each([
    [Number.POSITIVE_INFINITY, "+Inf"],
    [Number.NEGATIVE_INFINITY, "-Inf"],
    [Number.NaN, "NaN"],
    [1_786_500_000.123, "1786500000.123"],
  ])("writes %d as Prometheus does", (value, text) => {
    expect(exposeFacts([{ fact: "readable", labels: {}, value }])).toContain(`sluice_stage_readable{} ${text}\n`);
  });

  it("is read by a parser of others' as it was meant", () => {
    const parsed: unknown = parsePrometheusTextFormat(exposeFacts(everyFact("plain")));
    expect(parsed).toHaveLength(Object.keys(FACTS).length);
    expect(parsed).toContainEqual({
      name: "sluice_stage_updates_total",
      help: "Updates in the history of the stage.",
      type: "COUNTER",
      metrics: [{ value: "3.5", labels: { stage: "plain" } }],
    });
  });
});

import { stringify } from "yaml";

/** Series of a scenario: by name and labels, values in the notation of `promtool test rules`. */
export type Series = Readonly<Record<string, string>>;

/** What must be so at the end of a scenario. */
export interface Scenario {
  readonly series: Series;
  /** Between two samples; also between two evaluations. */
  readonly interval: string;
  readonly at: string;
  /** Every alert that fires, with the labels that tell whom and what it is about; no other may. */
  readonly firing: readonly Readonly<Record<string, string>>[];
}

const FIRING = `count by (alertname, severity, stage, flag, owner, service) (ALERTS{alertstate="firing"})`;

/** The file of a test for `promtool test rules`, beside a file `rules.yaml`. */
export function ruleTest({ series, interval, at, firing }: Scenario): string {
  return testFile(interval, series, {
    promql_expr_test: [{ expr: FIRING, eval_time: at, exp_samples: firing.map((labels) => ({ labels: labelText(labels), value: 1 })) }],
  });
}

/** The same for the texts of one alert. */
export function annotationTest(
  { series, interval, at }: Omit<Scenario, "firing">,
  alertname: string,
  labels: Readonly<Record<string, string>>,
  annotations: Readonly<Record<string, string>>,
): string {
  return testFile(interval, series, { alert_rule_test: [{ alertname, eval_time: at, exp_alerts: [{ exp_labels: labels, exp_annotations: annotations }] }] });
}

/** Else promtool takes them in any order, and an alert that looks before its series is recorded finds one too old, where evaluations are ten minutes apart. */
const GROUPS = ["sluice-production-traffic", "sluice-production-alerts"];

function testFile(interval: string, series: Series, checks: object): string {
  const inputSeries = Object.entries(series).map(([name, values]) => ({ series: name, values }));
  return stringify(
    { rule_files: ["rules.yaml"], group_eval_order: GROUPS, evaluation_interval: interval, tests: [{ interval, input_series: inputSeries, ...checks }] },
    { lineWidth: 0 },
  );
}

function labelText(labels: Readonly<Record<string, string>>): string {
  return `{${Object.entries(labels)
    .map(([name, value]) => `${name}=${JSON.stringify(value)}`)
    .join(", ")}}`;
}

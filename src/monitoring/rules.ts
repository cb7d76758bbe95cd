import { alertTemplate } from "./alert-text.ts";
import { ALERTS, type Alert } from "./alerts.ts";
import type { AlertContext } from "./expressions.ts";
import type { MonitoringInput } from "./input.ts";
import { formatPromDuration } from "./promql.ts";
import { type RecordingRule, recordingRules, traefikSelector } from "./recording-rules.ts";

/** One rule of a Prometheus rule file that alerts. */
export interface AlertingRule {
  readonly alert: string;
  readonly expr: string;
  readonly for?: string;
  readonly labels: Readonly<Record<string, string>>;
  readonly annotations: Readonly<Record<string, string>>;
}

/** A rule file of Prometheus, as its YAML is written. */
export interface RuleFile {
  readonly groups: readonly { readonly name: string; readonly rules: readonly (RecordingRule | AlertingRule)[] }[];
}

const PAGE = "docs/monitoring.md";

/** The rules of a stage. The same catalogue and settings give the same rules, whatever the exposures. */
export function prometheusRules(input: MonitoringInput): RuleFile {
  const { stage } = input.plan;
  const { objective, minimumRequests, runbooks } = input.settings;
  const context: AlertContext = { stage, objective, minimumRequests, selector: traefikSelector(input), timing: input.timing };
  return {
    groups: [
      { name: `sluice-${stage}-traffic`, rules: recordingRules(input) },
      { name: `sluice-${stage}-alerts`, rules: ALERTS.map((alert) => alertingRule(alert, context, runbooks ?? PAGE)) },
    ].filter(({ rules }) => rules.length > 0),
  };
}

function alertingRule(alert: Alert, context: AlertContext, page: string): AlertingRule {
  const text = (given: string): string => alertTemplate(given, alert, context.stage);
  const holds = alert.holdsFor(context.timing);
  return {
    alert: alert.name,
    expr: alert.expression(context),
    ...(holds === 0 ? {} : { for: formatPromDuration(holds) }),
    labels: { severity: alert.severity, stage: context.stage },
    annotations: {
      summary: text(alert.summary),
      description: text(alert.means),
      command: text(alert.command),
      runbook: text(alert.steps.map((step, index) => `${index + 1}. ${step}`).join("\n")),
      runbook_url: `${page}#${anchorOf(alert)}`,
    },
  };
}

/** The anchor of an alert's heading on a page of Markdown. */
export function anchorOf({ name }: Pick<Alert, "name">): string {
  return name.toLowerCase();
}

import { flagSlug } from "../model/flag-name.ts";
import { type AlertmanagerFile, alertmanagerFile } from "./alertmanager.ts";
import { flagDashboard } from "./dashboards/flag-dashboard.ts";
import { stageDashboard } from "./dashboards/stage-dashboard.ts";
import type { MonitoringInput } from "./input.ts";
import { prometheusRules, type RuleFile } from "./rules.ts";
import { type ScrapeFile, scrapeFile } from "./scrape.ts";

/** The whole monitoring of a stage, for a target to put in its place. */
export interface MonitoringDocuments {
  readonly stage: string;
  readonly rules: RuleFile;
  readonly scrape: ScrapeFile;
  readonly alertmanager: AlertmanagerFile;
  /** By a name for files: `stage`, and the slug of each flag. */
  readonly dashboards: Readonly<Record<string, object>>;
}

/** Makes the monitoring of a stage. The same catalogue and settings give the same documents, whatever the exposures. */
export function monitoringDocuments(input: MonitoringInput): MonitoringDocuments {
  const flags = input.plan.knownFlags.map((flag) => [`flag-${flagSlug(flag)}`, flagDashboard(input, flag)] as const);
  return {
    stage: input.plan.stage,
    rules: prometheusRules(input),
    scrape: scrapeFile(input),
    alertmanager: alertmanagerFile(input.catalog),
    dashboards: { stage: stageDashboard(input), ...Object.fromEntries(flags) },
  };
}

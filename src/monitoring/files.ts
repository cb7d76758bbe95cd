import { stringify } from "yaml";
import type { MonitoringDocuments } from "./documents.ts";

/** A file of a stage's monitoring, relative to its folder. */
export interface MonitoringFile {
  readonly path: string;
  readonly content: string;
}

const HEAD = "# Written by Sluice; see docs/monitoring.md. Changes are overwritten.\n";

/** The documents as files that Prometheus, Alertmanager and Grafana read. */
export function monitoringFiles({ rules, scrape, alertmanager, dashboards }: MonitoringDocuments): MonitoringFile[] {
  return [
    { path: "rules.yaml", content: yaml(rules) },
    { path: "scrape.yaml", content: yaml(scrape) },
    { path: "alertmanager.yaml", content: yaml(alertmanager) },
    ...Object.entries(dashboards).map(([name, dashboard]) => ({ path: `dashboards/${name}.json`, content: `${JSON.stringify(dashboard, null, 2)}\n` })),
  ];
}

/** Long expressions stay on their lines, and nothing is said by reference. */
function yaml(value: unknown): string {
  return `${HEAD}${stringify(value, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

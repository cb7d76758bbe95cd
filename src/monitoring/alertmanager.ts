import type { Catalog } from "../model/catalog.ts";
import { ownerSlug, ownersOf } from "./owner.ts";
import { quote } from "./promql.ts";

/** A config of Alertmanager, as its YAML is written. */
export interface AlertmanagerFile {
  readonly route: {
    readonly receiver: string;
    readonly group_by: readonly string[];
    readonly routes: readonly { readonly receiver: string; readonly matchers: readonly string[] }[];
  };
  readonly inhibit_rules: readonly {
    readonly source_matchers: readonly string[];
    readonly target_matchers: readonly string[];
    readonly equal: readonly string[];
  }[];
  readonly receivers: readonly { readonly name: string; readonly slack_configs: readonly object[] }[];
}

/** Who gets alerts that are no flag's, such as those about a whole stage. */
export const EVERYONE = "sluice";

/** Relative to Alertmanager's config: a folder with a file for each receiver, which holds the address of its webhook and nothing else. */
export const SECRETS_FOLDER = "secrets";

/** Alerts by the owner of their flag. No address is in it: each is read from a file, in Slack's format of webhooks. */
export function alertmanagerFile(catalog: Pick<Catalog, "flags">): AlertmanagerFile {
  const owners = ownersOf(catalog).map((owner) => ({ owner, name: receiverName(owner) }));
  return {
    route: {
      receiver: EVERYONE,
      group_by: ["alertname", "stage", "flag"],
      routes: owners.map(({ owner, name }) => ({ receiver: name, matchers: [`owner=${quote(owner)}`] })),
    },
    inhibit_rules: [
      {
        source_matchers: ['alertname="SluiceErrorBudgetBurnsFast"'],
        target_matchers: ['alertname="SluiceErrorBudgetBurnsSlowly"'],
        equal: ["stage", "flag", "service"],
      },
      { source_matchers: ['alertname="SluiceFactsMissing"'], target_matchers: ['alertname="SluiceStageUnreadable"'], equal: ["stage"] },
    ],
    receivers: [EVERYONE, ...owners.map(({ name }) => name)].map(receiver),
  };
}

/** An owner may be called like the receiver of everything else. */
function receiverName(owner: string): string {
  return `owner-${ownerSlug(owner)}`;
}

function receiver(name: string): AlertmanagerFile["receivers"][number] {
  return {
    name,
    slack_configs: [
      {
        api_url_file: `${SECRETS_FOLDER}/${name}`,
        send_resolved: true,
        title: "[{{ .Status | toUpper }}] {{ .CommonLabels.alertname }} {{ .CommonLabels.stage }}",
        text: "{{ range .Alerts }}{{ .Annotations.summary }}\n{{ .Annotations.description }}\n{{ .Annotations.command }}\n{{ .Annotations.runbook_url }}\n{{ end }}",
      },
    ],
  };
}

import type { MonitoringInput } from "./input.ts";

/** A part of Prometheus' config: a file for `scrape_config_files`, and by itself a config that is whole. */
export interface ScrapeFile {
  readonly scrape_configs: readonly {
    readonly job_name: string;
    readonly scheme?: "https";
    readonly metrics_path?: string;
    readonly params?: Readonly<Record<string, readonly string[]>>;
    readonly static_configs: readonly { readonly targets: readonly string[]; readonly labels?: Readonly<Record<string, string>> }[];
  }[];
}

/**
 * What Prometheus has to scrape for a stage: its Traefik, whose metrics get the label `stage`, and the facts, which have it.
 * A part whose address is not known is left out.
 */
export function scrapeFile({ plan, settings, traefik }: Pick<MonitoringInput, "plan" | "settings" | "traefik">): ScrapeFile {
  const { stage } = plan;
  return {
    scrape_configs: [
      ...(traefik === null ? [] : [{ job_name: `sluice-${stage}-traefik`, ...placeOf(new URL(traefik), { stage }) }]),
      ...(settings.facts === null ? [] : [{ job_name: `sluice-${stage}-facts`, params: { stage: [stage] }, static_configs: [{ targets: [settings.facts] }] }]),
    ],
  };
}

/** What is Prometheus' own default is left out. */
function placeOf({ protocol, host, pathname }: URL, labels: Readonly<Record<string, string>>): Omit<ScrapeFile["scrape_configs"][number], "job_name"> {
  const path = pathname.replace(/\/+$/, "");
  return {
    ...(protocol === "https:" ? { scheme: "https" as const } : {}),
    ...(path === "" ? {} : { metrics_path: `${path}/metrics` }),
    static_configs: [{ targets: [host], labels }],
  };
}

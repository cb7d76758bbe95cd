import { shortHash } from "../../plan/canonical.ts";
import { factOf } from "../expressions.ts";
import type { FactName } from "../facts.ts";
import type { MonitoringInput } from "../input.ts";
import { ownerLabel } from "../owner.ts";
import { formatPromDuration, quote } from "../promql.ts";
import { hasRecordedLimit, RECORDED } from "../recording-rules.ts";
import { stageEvents } from "./events.ts";
import { curves, dashboard, numbers, type Query } from "./panels.ts";

/** A flag in a stage: how far it is on, and every service that reads it with and without, side by side. */
export function flagDashboard({ catalog, plan, timing }: MonitoringInput, flag: string): object {
  const { stage } = plan;
  const definition = catalog.flags[flag];
  const window = formatPromDuration(timing.comparison);
  const fact = (name: FactName): string => factOf(name, { stage, flag });
  const limited = Object.values(definition?.watch.metrics ?? {}).some(hasRecordedLimit);
  const services = Object.entries(plan.services).flatMap(([service, { flags }]) => (flags.includes(flag) ? [service] : []));
  return dashboard(
    {
      uid: flagDashboardUid(stage, flag),
      title: `Sluice / ${stage} / ${flag}`,
      description: `${definition?.description ?? ""} (owner: ${ownerLabel(definition?.owner ?? "")})`,
      stage,
    },
    [
      numbers("Exposure", "Share of visitors for whom the flag is on, as deployed", "percentunit", [{ expr: fact("exposure"), legend: flag }], 6),
      numbers("Killed", "1 where a kill keeps it off", "short", [{ expr: fact("killed"), legend: flag }], 6),
      numbers("Soak that is left", "Before the next stage may raise it", "s", [{ expr: fact("soak"), legend: flag }], 6),
      numbers("Until it expires", "Below 0 where it has", "s", [{ expr: `${fact("expiry")} - time()`, legend: flag }], 6),
      ...services.flatMap((service) => servicePanels({ stage, flag, service, window, exposure: fact("exposure"), limited })),
    ],
    stageEvents(stage, flag),
  );
}

/** Grafana's lasting name of a flag's dashboard. */
export function flagDashboardUid(stage: string, flag: string): string {
  return `sluice-${shortHash(`${stage}/${flag}`)}`;
}

interface ServiceOfFlag {
  readonly stage: string;
  readonly flag: string;
  readonly service: string;
  readonly window: string;
  /** Query for the flag's exposure. */
  readonly exposure: string;
  /** Whether the flag's watch has limits that rules record. */
  readonly limited: boolean;
}

function servicePanels({ stage, flag, service, window, exposure, limited }: ServiceOfFlag) {
  const labels = `{stage=${quote(stage)}, service=${quote(service)}, flag=${quote(flag)}}`;
  const sides = (record: string): Query[] => [{ expr: `${record}${labels}`, legend: "{{side}} the flag" }];
  return [
    curves(`${service}: requests`, "Requests a second, with the flag and without", "reqps", sides(RECORDED.requests(window))),
    curves(`${service}: error ratio`, "Share of requests with a status of 500 and above", "percentunit", sides(RECORDED.errors(window))),
    curves(`${service}: duration`, "Median and 99th percentile, with the flag and without", "s", [
      { expr: `${RECORDED.duration("p50", window)}${labels}`, legend: "p50 {{side}} the flag" },
      { expr: `${RECORDED.duration("p99", window)}${labels}`, legend: "p99 {{side}} the flag" },
    ]),
    curves(
      `${service}: split and limits`,
      "Share of requests with the flag beside its exposure; and what its watch limits, where 100 per cent is the limit",
      "percentunit",
      [
        { expr: `${RECORDED.share(window)}${labels}`, legend: "share of requests" },
        { expr: exposure, legend: "exposure" },
        ...(limited ? [{ expr: `${RECORDED.limit(window)}${labels}`, legend: "{{metric}} against its limit" }] : []),
      ],
    ),
  ];
}

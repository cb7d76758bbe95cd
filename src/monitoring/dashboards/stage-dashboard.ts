import { REQUESTS } from "../../model/traefik-metrics.ts";
import { shortHash } from "../../plan/canonical.ts";
import { factOf } from "../expressions.ts";
import type { MonitoringInput } from "../input.ts";
import { formatPromDuration, quote } from "../promql.ts";
import { RECORDED, traefikSelector } from "../recording-rules.ts";
import { stageEvents } from "./events.ts";
import { curves, dashboard, numbers } from "./panels.ts";

/** A whole stage: all flags, whether it can be trusted, and what alerts. */
export function stageDashboard(input: MonitoringInput): object {
  const { plan, timing } = input;
  const { stage } = plan;
  const window = formatPromDuration(timing.comparison);
  const of = `{stage=${quote(stage)}, side="with"}`;
  return dashboard(
    { uid: `sluice-${shortHash(stage)}`, title: `Sluice / ${stage}`, description: `Every flag in ${stage}`, stage },
    [
      numbers("What drifted", "From what the state says", "short", [{ expr: factOf("drifted", { stage }), legend: stage }], 6),
      numbers("Kills in no update", "Taken up by no update yet", "short", [{ expr: factOf("standingKills", { stage }), legend: stage }], 6),
      numbers("Readable", "0 where something of the stage cannot be read", "short", [{ expr: factOf("readable", { stage }), legend: stage }], 6),
      numbers("Since the last update", "That succeeded", "s", [{ expr: `time() - ${factOf("update", { stage })}`, legend: stage }], 6),
      curves("Exposure", "Share of visitors with each flag", "percentunit", [{ expr: factOf("exposure", { stage }), legend: "{{flag}}" }]),
      curves("Alerts", "Firing", "short", [
        {
          expr: `sum by (alertname, flag, service) (ALERTS{alertname=~"Sluice.*", alertstate="firing", stage=${quote(stage)}})`,
          legend: "{{alertname}} {{flag}} {{service}}",
        },
      ]),
      curves("Error ratio with each flag", "Share of requests with a status of 500 and above", "percentunit", [
        { expr: `${RECORDED.errors(window)}${of}`, legend: "{{service}} with {{flag}}" },
      ]),
      curves("99th percentile with each flag", "Duration of requests", "s", [
        { expr: `${RECORDED.duration("p99", window)}${of}`, legend: "{{service}} with {{flag}}" },
      ]),
      curves("Requests by variant", "As Traefik calls its services", "reqps", [
        { expr: `sum by (service) (rate(${REQUESTS}{${traefikSelector(input)}}[${window}]))`, legend: "{{service}}" },
      ]),
      curves("Split", "Share of requests with each flag", "percentunit", [
        { expr: `${RECORDED.share(window)}{stage=${quote(stage)}}`, legend: "{{service}} with {{flag}}" },
      ]),
    ],
    stageEvents(stage, null),
  );
}

import { STANDARD_MONITORING } from "../../src/model/settings.ts";
import { fileServices, type MonitoringInput } from "../../src/monitoring/input.ts";
import { STANDARD_TIMING } from "../../src/monitoring/timing.ts";
import { planRollout } from "../../src/plan/plan.ts";
import { catalogInput, modelFrom } from "./model.ts";

/** What the monitoring of the stage production follows from, with the standard settings. */
export function monitoringInput(
  changes: Partial<MonitoringInput> = {},
  catalog: unknown = catalogInput(),
  flags: Record<string, unknown> = {},
): MonitoringInput {
  const model = modelFrom({ flags }, catalog, "production");
  return {
    catalog: model.catalog,
    plan: planRollout(model.catalog, model.settings),
    settings: STANDARD_MONITORING,
    traefikServices: fileServices,
    traefik: "http://127.0.0.1:8301",
    timing: STANDARD_TIMING,
    ...changes,
  };
}

/** A description and an owner that try to get out of every place they stand in. */
export const HOSTILE = {
  description: 'a "quote", {{ $value }} {{ template "x" }} }} \\n ${datasource} [[x]]\nnew: line\u0000\u001b[31m <script>alert(1)</script> # %',
  owner: 'voice "x" {{ .Foo }}\\\nsecond: {line}\u0007',
} as const;

import type { MonitoringSettings, StageSettings } from "./settings.ts";

/** How a stage's Traefik is told from those of other stages in a Prometheus; their services have the same names. Plain data. */
export interface TraefikInPrometheus {
  readonly stage: string;
  /** Label matchers that find it; null where the stage's config does not say, so that Prometheus must have no other's. */
  readonly matchers: string | null;
  /** Whether the stage may have more than one, as in clusters. */
  readonly several: boolean;
}

/** Label matchers for a stage's Traefik, where the stage has monitoring. */
export function traefikMatchers(stage: string, { selector }: Pick<MonitoringSettings, "selector">): string {
  return selector ?? `stage="${stage}"`;
}

/** How a stage's Traefik is found, as its config says. */
export function traefikInPrometheus({ stage, monitoring, target }: Pick<StageSettings, "stage" | "monitoring" | "target">): TraefikInPrometheus {
  return { stage, matchers: monitoring === null ? null : traefikMatchers(stage, monitoring), several: target.kind === "kubernetes" };
}

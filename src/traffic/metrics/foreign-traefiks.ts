import type { TraefikInPrometheus } from "../../model/traefik-in-prometheus.ts";
import { SIGN_OF_LIFE } from "../../model/traefik-metrics.ts";

/** By what Traefiks differ that are not all of one stage. */
function marks({ several }: TraefikInPrometheus): readonly string[] {
  return several ? ["stage"] : ["stage", "job", "instance"];
}

/**
 * Why nothing can be said of a stage whose config does not tell which Traefik is its own, while Prometheus has others too.
 * @param found the labels of each Traefik that Prometheus has
 * @returns null where there is nothing to confuse
 */
export function foreignTraefiks(found: readonly Readonly<Record<string, string>>[], traefik: TraefikInPrometheus): string | null {
  if (traefik.matchers !== null) return null;
  return reasonOf(new Set(found.map((labels) => JSON.stringify(marks(traefik).map((mark) => labels[mark] ?? "")))).size, traefik);
}

/** The number of Traefiks that differ, as a query; for {@link reasonOf}. */
export function traefikCount(traefik: TraefikInPrometheus): string {
  return `count(count by (${marks(traefik).join(", ")}) (${SIGN_OF_LIFE}))`;
}

/** @param count of Traefiks that differ */
export function reasonOf(count: number, { stage, matchers }: TraefikInPrometheus): string | null {
  if (matchers !== null || count <= 1) return null;
  return `Prometheus has ${count} Traefiks, and the config of ${stage} does not say which is its own: npx pulumi config set --stack ${stage} --path monitoring.selector 'job="…"', with labels that only it has`;
}

import type { Fault } from "../model/fault.ts";
import type { KubernetesTarget } from "../model/kubernetes-target.ts";

/** What the gates between waves need to see: where visitors of all waves but the last come in, and metrics where they are watched. */
export function waveFaults({ clusters, bake, output }: KubernetesTarget, prometheus: string | null): Fault[] {
  const last = Math.max(...Object.values(clusters).map(({ wave }) => wave));
  if (output !== null) return [];
  return Object.entries(clusters)
    .filter(([, { wave }]) => wave < last)
    .flatMap(([name, { url, api, wave }]) => {
      const path = `kubernetes.clusters.${name}`;
      const faults: Fault[] = [];
      const missing = (key: string, found: string, allowed: string): void => {
        faults.push({ path: `${path}.${key}`, found, allowed, wayOut: `pulumi config set --path ${path}.${key} http://…` });
      };
      if (url === null)
        missing("url", `is missing, and the clusters after wave ${wave} wait until this one leads visitors as planned`, "where visitors come in");
      if (bake > 0 && api === null && prometheus === null) {
        missing(
          "api",
          "is missing, and kubernetes.bake asks for metrics of this wave",
          "Traefik's API; or the address of a Prometheus in the stage's key prometheus",
        );
      }
      return faults;
    });
}

import type { Target } from "../model/target.ts";

/** What a person can do where a Traefik of a stage does not answer. */
export function wayToTraefik(stage: string, kind: Target["kind"]): string {
  switch (kind) {
    case "local":
      return `First: npx sluice serve --stage ${stage}`;
    case "docker":
      return `Start it: npx pulumi up --stack ${stage}; or mend its address, docker.api.`;
    case "kubernetes":
      return "Make its API reachable from here, for instance by kubectl port-forward, or mend its address, kubernetes.clusters.<name>.api.";
    default:
      return kind satisfies never;
  }
}

import { ONLY_FROM_TRAEFIK } from "../../kubernetes/names.ts";
import type { KubernetesTarget } from "../../model/kubernetes-target.ts";
import type * as pulumi from "../../pulumi.ts";
import { metadataOf, type ObjectHome } from "./metadata.ts";
import { stagePods } from "./pods.ts";
import { NetworkPolicy } from "./sdk.ts";

/**
 * Lets only Traefik reach the pods of a stage: who came past it could choose a variant. It names no ports: while pods
 * with another port take over, Traefik leads to both.
 */
export function makeNetworkPolicy(home: ObjectHome, prefix: string, { traefik }: KubernetesTarget, opts: pulumi.CustomResourceOptions): void {
  new NetworkPolicy(
    `${prefix}${ONLY_FROM_TRAEFIK}`,
    {
      metadata: metadataOf(home, ONLY_FROM_TRAEFIK, null),
      spec: {
        podSelector: { matchLabels: stagePods(home) },
        policyTypes: ["Ingress"],
        ingress: [
          {
            from: [
              {
                namespaceSelector: { matchLabels: { "kubernetes.io/metadata.name": traefik.namespace } },
                podSelector: { matchLabels: { ...traefik.podLabels } },
              },
            ],
          },
        ],
      },
    },
    opts,
  );
}

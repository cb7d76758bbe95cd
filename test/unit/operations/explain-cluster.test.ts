import { describe, expect, it } from "vitest";
import { explain } from "../../../src/operations/explain-engine.ts";

const AFTER = "What was applied before stays, and nothing that serves was taken away: an update deletes last. When this is repaired: npx pulumi up --stack dev";

/** A report of an update as the engine ends it. */
function report(type: string, name: string, message: string): string {
  const [first = "", ...rest] = message.split("\n");
  const diagnostics = [
    `  ${type} (${name}):`,
    `    error: ${first}`,
    ...rest.map((line) => `    ${line}`),
    "",
    "  pulumi:pulumi:Stack (sluice-dev):",
    "    error: update failed",
  ];
  return ["Updating (dev):", "", "Diagnostics:", ...diagnostics, "", "Resources:", "    15 unchanged", "    2 errored"].join("\n");
}

const urn = "urn:pulumi:dev::sluice::sluice:kubernetes:Stage$sluice:kubernetes:Cluster$kubernetes:core/v1:ConfigMap::main/voice";
const refused = (words: string): string => `resource "${urn}" was not successfully created by the Kubernetes API server: ${words}`;

describe("what a cluster refused", () => {
  it.each([
    [
      "a quota",
      refused('configmaps "voice" is forbidden: exceeded quota: few, requested: count/configmaps=1, used: count/configmaps=7, limited: count/configmaps=7'),
      "The quota few leaves no room for ConfigMap voice of cluster main: it asks for count/configmaps=1, there is count/configmaps=7, and the limit is count/configmaps=7. Raise the quota, or lower what the stage asks for.",
    ],
    [
      "a right",
      refused('configmaps "voice" is forbidden: User "me" cannot patch resource "configmaps" in API group "" in the namespace "voice-dev"'),
      "me may not patch configmaps, which ConfigMap voice of cluster main needs. Grant the role sluice-update of docs/kubernetes-rbac.yaml; a preview names every right that is missing.",
    ],
    [
      "a namespace that is being deleted",
      refused('configmaps "voice" is forbidden: unable to create new content in namespace voice-dev because it is being terminated'),
      "The namespace voice-dev is being deleted, so ConfigMap voice of cluster main cannot be made. Make it anew once it is gone.",
    ],
    [
      "one that another manager applies",
      `Server-Side Apply field conflict detected. See https://www.pulumi.com/ for troubleshooting help.\nThe resource managed by field manager "sluice" had an apply conflict: Apply failed with 1 conflict: conflict with "gitops": .data.flags.json`,
      "gitops also sets .data.flags.json of ConfigMap voice of cluster main, and Sluice takes nothing over that others apply. Take it out of what gitops applies; kubectl get --show-managed-fields -o yaml shows who set what.",
    ],
    [
      "several",
      'The resource managed by field manager "sluice" had an apply conflict: Apply failed with 2 conflicts: conflicts with "gitops":\n- .data.a\n- .data.b',
      "gitops also sets .data.a, .data.b of ConfigMap voice of cluster main, and Sluice takes nothing over that others apply. Take them out of what gitops applies; kubectl get --show-managed-fields -o yaml shows who set what.",
    ],
    [
      "one who scaled by hand",
      'The resource managed by field manager "sluice" had an apply conflict: Apply failed with 1 conflict: conflict with "kubectl" with subresource "scale" using apps/v1: .spec.replicas',
      "kubectl scaled ConfigMap voice of cluster main, and Sluice takes nothing over that others set. Scale it to what the config of the stage asks for, or ask there for replicas or autoscaling as it should be (kubernetes.services).",
    ],
    [
      "one who scaled by hand, and one who applies the same",
      'The resource managed by field manager "sluice" had an apply conflict: Apply failed with 2 conflicts: conflicts with "gitops":\n- .spec.replicas\nconflicts with "kubectl" with subresource "scale" using apps/v1:\n- .spec.replicas',
      "gitops and kubectl also set .spec.replicas of ConfigMap voice of cluster main, and Sluice takes nothing over that others apply. Take it out of what gitops and kubectl apply; kubectl get --show-managed-fields -o yaml shows who set what.",
    ],
    [
      "a policy",
      refused(`configmaps "voice" is forbidden: ValidatingAdmissionPolicy 'deny' with binding 'deny' denied request: no more ConfigMaps`),
      "The policy deny of the cluster refuses ConfigMap voice of cluster main: no more ConfigMaps.",
    ],
    [
      "a webhook",
      refused('admission webhook "guard.example.com" denied the request: images must be signed'),
      "The webhook guard.example.com of the cluster refuses ConfigMap voice of cluster main: images must be signed.",
    ],
    [
      "a webhook that is away",
      refused(
        'Internal error occurred: failed calling webhook "guard.example.com": failed to call webhook: Post "https://127.0.0.1:1/x?timeout=2s": dial tcp 127.0.0.1:1: connect: connection refused',
      ),
      'The webhook guard.example.com does not answer, and the cluster takes nothing that it has not seen, ConfigMap voice of cluster main neither: failed to call webhook: Post "https://127.0.0.1:1/x?timeout=2s": dial tcp 127.0.0.1:1: connect: connection refused. Whoever runs it must repair it.',
    ],
    [
      "validation",
      refused('ConfigMap "voice" is invalid: data[x y]: Invalid value: "x y"'),
      'The API server refuses ConfigMap voice of cluster main: data[x y]: Invalid value: "x y". Change it in the config of the stage.',
    ],
    [
      "no API server",
      refused('Patch "https://127.0.0.1:45059/api": dial tcp 127.0.0.1:45059: connect: connection refused'),
      "The API server went away as ConfigMap voice of cluster main was applied (connection refused). Traefik leads visitors by what it has read; see that the API server is there again.",
    ],
    [
      "a kill that came while it went on",
      'before hook "main/kills-before" failed: A was killed after this update had begun, and stays off: the update leads nobody on by its plan.',
      "A was killed after this update had begun, and stays off: the update leads nobody on by its plan.",
    ],
    ["what nobody has foreseen", refused("something else"), "ConfigMap voice of cluster main: it was not created: something else"],
  ])("is said in plain words: %s", (_title, message, expected) => {
    expect(explain(report("kubernetes:core/v1:ConfigMap", "main/voice", message), "dev").message).toBe(`${expected}\n${AFTER}`);
  });

  it("does not say that nothing was taken away where an object could not be deleted", () => {
    const text = report("kubernetes:core/v1:ConfigMap", "main/voice", refused("something else")).replace(
      "Diagnostics:",
      " -  kubernetes:core/v1:ConfigMap main/voice **deleting failed (0.05s)** error: something else\nDiagnostics:",
    );
    expect(explain(text, "dev").message).toBe(
      "ConfigMap voice of cluster main: it was not created: something else\nEverything new is in place, and visitors are led by it: of what is not needed any more, some is still there. When this is repaired: npx pulumi up --stack dev",
    );
  });

  it("is what Sluice's own provider says of pods that do not come", () => {
    const words = "voice-api--base of cluster main cannot take visitors: the quota is exceeded\n  Raise the quota.";
    expect(explain(report("sluice-local:index:ReadyPods", "main/voice-api--base/ready", words), "dev").message).toBe(`${words}\n${AFTER}`);
  });

  it("is told in full where the look before the update refused", () => {
    const text =
      "Diagnostics:\n  pulumi:pulumi:Stack (sluice-dev):\n    error: The cluster cannot be used (1 fault; nothing was changed)\n    \n    kubernetes.namespace: is not there\n      way out: make it\n\nOutputs:";
    const error = explain(text, "dev");
    expect(error.failure).toBe("config");
    expect(error.message).toBe("The cluster cannot be used (1 fault; nothing was changed)\n\nkubernetes.namespace: is not there\n  way out: make it");
  });
});

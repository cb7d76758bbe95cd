/** What a stage on one cluster says, for the catalogue of test/support/model.ts. */
export function kubernetesInput(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  return {
    namespace: "voice",
    clusters: { main: { context: "main-context", api: "http://traefik.internal:8080" } },
    services: { "voice-api": { image: "voice:1" }, "billing-api": { image: "billing:1" } },
    ...changes,
  };
}

/** What a stage on Docker says, for the catalogue of test/support/model.ts. */
export function dockerInput(changes: Readonly<Record<string, unknown>> = {}): Record<string, unknown> {
  const services = { "voice-api": { image: "voice:1" }, "billing-api": { image: `billing@sha256:${"0".repeat(64)}` } };
  return { port: 8100, adminPort: 8101, services, ...changes };
}

import { main } from "@pulumi/pulumi/provider/server.js";
import { stopChecks } from "./check-kind.ts";
import { envFiles, oldEnvFiles } from "./env-files.ts";
import { flagdFile } from "./flagd-file.ts";
import { record } from "./record.ts";
import { recordFile } from "./record-file.ts";
import { textFile } from "./text-file.ts";
import { traefikFile } from "./traefik-file.ts";

const kinds = new Map([
  ["sluice-local:index:EnvFiles", envFiles],
  ["sluice-local:index:OldEnvFiles", oldEnvFiles],
  ["sluice-local:index:TextFile", textFile],
  ["sluice-local:index:TraefikFile", traefikFile],
  ["sluice-local:index:FlagdFile", flagdFile],
  ["sluice-local:index:RecordFile", recordFile],
  ["sluice-local:index:Record", record],
]);

/** Kinds of stages that are not local: loaded by the first resource of theirs, so that nobody else waits for them. */
const later = new Map<string, () => Promise<typeof record>>([
  ["sluice-local:index:ReadyPods", async () => (await import("./ready-pods.ts")).readyPods],
  ["sluice-local:index:RoutingTaken", async () => (await import("./routing-taken.ts")).routingTaken],
  ["sluice-local:index:WaveGate", async () => (await import("./wave-gate.ts")).waveGate],
]);

async function kindOf(urn: string): Promise<typeof record> {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const kind = kinds.get(type) ?? (await later.get(type)?.());
  if (kind === undefined) throw new Error(`the provider of Sluice has no resource type ${type}`);
  return kind;
}

// An engine that was killed cannot end its providers.
const engine = process.ppid;
setInterval(() => {
  if (process.ppid !== engine) process.exit(1);
}, 250).unref();

await main(
  {
    version: "0.1.0",
    diff: async (id, urn, olds, news) => (await kindOf(urn)).diff(id, urn, olds, news),
    create: async (urn, inputs) => (await kindOf(urn)).create(urn, inputs),
    read: async (id, urn, properties) => (await kindOf(urn)).read(id, urn, properties),
    update: async (id, urn, olds, news) => (await kindOf(urn)).update(id, urn, olds, news),
    delete: async (id, urn, properties) => (await kindOf(urn)).delete(id, urn, properties),
    cancel: async () => stopChecks(),
    // Asked by the program as it begins, so that this one begins beside it.
    invoke: async () => ({ outputs: {} }),
  },
  process.argv.slice(2),
);

import { main } from "@pulumi/pulumi/provider/server.js";
import { flagdFile } from "./flagd-file.ts";
import { record } from "./record.ts";
import { recordFile } from "./record-file.ts";
import { textFile } from "./text-file.ts";
import { traefikFile } from "./traefik-file.ts";

const kinds = new Map([
  ["sluice-local:index:TextFile", textFile],
  ["sluice-local:index:TraefikFile", traefikFile],
  ["sluice-local:index:FlagdFile", flagdFile],
  ["sluice-local:index:RecordFile", recordFile],
  ["sluice-local:index:Record", record],
]);

function kindOf(urn: string): typeof textFile {
  const type = urn.split("::")[2]?.split("$").at(-1) ?? "";
  const kind = kinds.get(type);
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
    diff: (id, urn, olds, news) => kindOf(urn).diff(id, urn, olds, news),
    create: (urn, inputs) => kindOf(urn).create(urn, inputs),
    read: (id, urn, properties) => kindOf(urn).read(id, urn, properties),
    update: (id, urn, olds, news) => kindOf(urn).update(id, urn, olds, news),
    delete: (id, urn, properties) => kindOf(urn).delete(id, urn, properties),
    // Asked by the program as it begins, so that this one begins beside it.
    invoke: async () => ({ outputs: {} }),
  },
  process.argv.slice(2),
);

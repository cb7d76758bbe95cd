import { readFileSync } from "node:fs";
import { join } from "node:path";
import Docker from "dockerode";
import { z } from "zod";
import { agentOverSsh } from "../../../../src/net/docker/over-ssh.ts";
import { container } from "./container.ts";
import { image } from "./image.ts";
import { network } from "./network.ts";
import { SdkTypes } from "./sdk-types.ts";
import { serve } from "./server.ts";
import { volume } from "./volume.ts";

/** One type of resource on an engine. */
export interface Kind {
  /** The module and the type of its arguments in the SDK. */
  readonly file: string;
  readonly args: string;
  /** Arguments that can be changed without a replacement. */
  readonly inPlace: readonly string[];
  readonly deleteBeforeReplace: boolean;
  create(engine: Engine, inputs: unknown): Promise<{ readonly id: string; readonly outputs: Readonly<Record<string, unknown>> }>;
  /** What is really there: what differs of the inputs, and the outputs; null where it is gone. */
  read(
    engine: Engine,
    id: string,
    inputs: unknown,
  ): Promise<{ readonly inputs: Readonly<Record<string, unknown>>; readonly outputs: Readonly<Record<string, unknown>> } | null>;
  delete(engine: Engine, id: string, outputs: unknown): Promise<void>;
}

export interface Engine {
  readonly docker: Docker;
  readonly registries: readonly { readonly address: string; readonly username: string; readonly password: string }[];
}

const VERSION = "5.2.0";
const KINDS: Readonly<Record<string, Kind>> = {
  "docker:index/container:Container": container,
  "docker:index/network:Network": network,
  "docker:index/remoteImage:RemoteImage": image,
  "docker:index/volume:Volume": volume,
};

const configSchema = z.object({
  host: z.string().default("unix:///var/run/docker.sock"),
  certPath: z.string().optional(),
  registryAuth: z.array(z.object({ address: z.string(), username: z.string(), password: z.string() })).default([]),
});

const types = new SdkTypes();
let engine: Engine | null = null;

function kindOf(type: string): Kind {
  const kind = KINDS[type];
  if (kind === undefined) throw new Error(`the stand-in for the Docker plugin serves no ${type}`);
  return kind;
}

function open(): Engine {
  if (engine === null) throw new Error("the plugin was not configured");
  return engine;
}

function dockerAt({ protocol, hostname, port, pathname, href }: URL, certPath: string | undefined): Docker {
  if (protocol === "unix:") return new Docker({ socketPath: pathname });
  if (protocol === "ssh:") {
    // Its types do not know that it takes an agent.
    const options = { protocol: "http" as const, host: "docker", port: 80, agent: agentOverSsh(href) };
    return new Docker(options);
  }
  if (protocol !== "tcp:" || certPath === undefined) {
    throw new Error(`the stand-in for the Docker plugin speaks to a socket, by ssh, or with TLS, not to ${href}`);
  }
  const read = (name: string): string => readFileSync(join(certPath, name), "utf8");
  return new Docker({ protocol: "https", host: hostname, port: Number(port), ca: read("ca.pem"), cert: read("cert.pem"), key: read("key.pem") });
}

/** The SDK hands over lists and booleans of the provider's own arguments as JSON. */
function ownArguments(args: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(args)
      .filter(([key]) => key !== "version" && !key.startsWith("__"))
      .map(([key, value]) => [
        key,
        ["registryAuth", "disableDockerDaemonCheck", "sshOpts"].includes(key) && typeof value === "string" ? JSON.parse(value) : value,
      ]),
  );
}

await serve({
  version: VERSION,
  checkConfig: (args) => types.faultsOf("provider", "ProviderArgs", ownArguments(args)),
  configure(args) {
    const { host, certPath, registryAuth } = configSchema.parse(ownArguments(args));
    engine = { docker: dockerAt(new URL(host), certPath), registries: registryAuth };
  },
  check(type, inputs) {
    const { file, args } = kindOf(type);
    return types.faultsOf(file, args, inputs);
  },
  diff(type, before, after) {
    const { inPlace, deleteBeforeReplace } = kindOf(type);
    const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].filter((name) => !name.startsWith("__"));
    const changed = names.filter((name) => JSON.stringify(before[name]) !== JSON.stringify(after[name]));
    return { changed, replaces: changed.filter((name) => !inPlace.includes(name)), deleteBeforeReplace };
  },
  create: (type, inputs) => kindOf(type).create(open(), inputs),
  async read(type, id, inputs, outputs) {
    const found = await kindOf(type).read(open(), id, Object.keys(inputs).length > 0 ? inputs : outputs);
    return found === null ? null : { inputs: { ...inputs, ...found.inputs }, outputs: { ...outputs, ...inputs, ...found.inputs, ...found.outputs } };
  },
  update: async (_type, _id, inputs, outputs) => ({ ...outputs, ...inputs }),
  delete: (type, id, outputs) => kindOf(type).delete(open(), id, outputs),
});

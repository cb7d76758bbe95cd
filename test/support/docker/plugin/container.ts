import type { ContainerCreateOptions } from "dockerode";
import { z } from "zod";
import { isGone } from "./gone.ts";
import type { Kind } from "./main.ts";
import { HalfMade } from "./server.ts";

const texts = z.array(z.string());
const map = z.record(z.string(), z.string());

/** The arguments that Sluice uses; the SDK knows more, and the stand-in refuses those. */
const args = z.strictObject({
  name: z.string(),
  image: z.string(),
  command: texts.optional(),
  entrypoints: texts.optional(),
  envs: texts.default([]),
  user: z.string().default(""),
  labels: z.array(z.strictObject({ label: z.string(), value: z.string() })).default([]),
  networksAdvanced: z.array(z.strictObject({ name: z.string(), aliases: texts.default([]) })).default([]),
  networkMode: z.string().optional(),
  start: z.boolean().default(true),
  mounts: z
    .array(z.strictObject({ type: z.enum(["bind", "volume"]), source: z.string(), target: z.string(), readOnly: z.boolean().default(false) }))
    .default([]),
  tmpfs: map.default({}),
  ports: z.array(z.strictObject({ internal: z.number(), external: z.number(), ip: z.string() })).default([]),
  readOnly: z.boolean(),
  privileged: z.boolean(),
  capabilities: z.strictObject({ drops: texts, adds: texts.default([]) }),
  securityOpts: texts,
  memory: z.number().default(0),
  memorySwap: z.number().default(0),
  cpus: z.string().optional(),
  restart: z.string(),
  logDriver: z.string(),
  logOpts: map,
  stopSignal: z.string().optional(),
  stopTimeout: z.number().optional(),
  destroyGraceSeconds: z.number().optional(),
  mustRun: z.boolean(),
  healthcheck: z.strictObject({ tests: texts, interval: z.string(), timeout: z.string(), startPeriod: z.string(), retries: z.number() }).optional(),
});

type Args = z.output<typeof args>;

const MEBIBYTE = 1024 * 1024;
const NANOSECONDS = { ms: 1e6, s: 1e9, m: 60e9, h: 3600e9 } as const;

/** A container. As with the plugin, one that was made and does not start stays, and is told of. */
export const container: Kind = {
  file: "container",
  args: "ContainerArgs",
  inPlace: ["restart", "memory", "memorySwap", "destroyGraceSeconds", "mustRun"],
  deleteBeforeReplace: true,
  async create({ docker }, inputs) {
    const given = args.parse(inputs);
    const made = await docker.createContainer(optionsOf(given)).catch((error: unknown) => {
      throw new Error(`Unable to create container: ${error instanceof Error ? error.message : String(error)}`);
    });
    try {
      if (given.start) await made.start();
    } catch (error) {
      throw new HalfMade(made.id, given, `Unable to start container: ${error instanceof Error ? error.message : String(error)}`);
    }
    return { id: made.id, outputs: given };
  },
  async read({ docker }, id) {
    const found = await docker.getContainer(id).inspect().catch(isGone);
    if (found === null) return null;
    const { Image, Name, Config, HostConfig } = found;
    const seen = {
      image: Image,
      name: Name.slice(1),
      user: Config.User,
      readOnly: HostConfig.ReadonlyRootfs ?? false,
      memory: (HostConfig.Memory ?? 0) / MEBIBYTE,
    };
    return { inputs: seen, outputs: {} };
  },
  async delete({ docker }, id, outputs) {
    const { destroyGraceSeconds } = z.looseObject({ destroyGraceSeconds: z.number().default(0) }).parse(outputs);
    const old = docker.getContainer(id);
    if (destroyGraceSeconds > 0) await old.stop({ t: destroyGraceSeconds }).catch(isStopped).catch(isGone);
    await old.remove({ force: true, v: true }).catch(isGone);
  },
};

/** The engine answers with 304 where a container is not running. */
function isStopped(error: unknown): null {
  if (z.looseObject({ statusCode: z.literal(304) }).safeParse(error).success) return null;
  throw error;
}

function optionsOf(given: Args): ContainerCreateOptions {
  const { healthcheck } = given;
  return {
    name: given.name,
    Image: given.image,
    ...(given.command === undefined ? {} : { Cmd: given.command }),
    ...(given.entrypoints === undefined ? {} : { Entrypoint: given.entrypoints }),
    Env: given.envs,
    User: given.user,
    Labels: Object.fromEntries(given.labels.map(({ label, value }) => [label, value])),
    ...(given.stopSignal === undefined ? {} : { StopSignal: given.stopSignal }),
    ...(given.stopTimeout === undefined ? {} : { StopTimeout: given.stopTimeout }),
    ExposedPorts: Object.fromEntries(given.ports.map(({ internal }) => [`${internal}/tcp`, {}])),
    ...(healthcheck === undefined
      ? {}
      : {
          Healthcheck: {
            Test: healthcheck.tests,
            Interval: nanoseconds(healthcheck.interval),
            Timeout: nanoseconds(healthcheck.timeout),
            StartPeriod: nanoseconds(healthcheck.startPeriod),
            Retries: healthcheck.retries,
          },
        }),
    HostConfig: {
      ReadonlyRootfs: given.readOnly,
      Privileged: given.privileged,
      CapAdd: given.capabilities.adds,
      CapDrop: given.capabilities.drops,
      SecurityOpt: given.securityOpts,
      Memory: given.memory * MEBIBYTE,
      MemorySwap: given.memorySwap * MEBIBYTE,
      ...(given.cpus === undefined ? {} : { NanoCpus: Math.round(Number(given.cpus) * 1e9) }),
      RestartPolicy: { Name: given.restart },
      LogConfig: { Type: given.logDriver, Config: given.logOpts },
      Tmpfs: given.tmpfs,
      Mounts: given.mounts.map(({ type, source, target, readOnly }) => ({ Type: type, Source: source, Target: target, ReadOnly: readOnly })),
      PortBindings: Object.fromEntries(given.ports.map(({ internal, external, ip }) => [`${internal}/tcp`, [{ HostIp: ip, HostPort: String(external) }]])),
      NetworkMode: given.networksAdvanced[0]?.name ?? given.networkMode ?? "default",
    },
    NetworkingConfig: { EndpointsConfig: Object.fromEntries(given.networksAdvanced.map(({ name, aliases }) => [name, { Aliases: aliases }])) },
  };
}

/** @throws Error for a duration that Docker does not know */
function nanoseconds(text: string): number {
  const [, amount = "", unit = ""] = /^(\d+)(ms|s|m|h)$/.exec(text) ?? [];
  const factor = Object.entries(NANOSECONDS).find(([name]) => name === unit)?.[1];
  if (factor === undefined) throw new Error(`${text} is no duration`);
  return Number(amount) * factor;
}

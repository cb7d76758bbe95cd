import { z } from "zod/mini";
import type { DockerEngine, EngineAnswer } from "./engine.ts";
import { oneLine } from "./one-line.ts";

/** A container as an engine lists it. */
export interface ListedContainer {
  readonly name: string;
  readonly running: boolean;
  /** Whether it was made and never started. */
  readonly fresh: boolean;
  /** Null where it has no health check. */
  readonly health: "healthy" | "unhealthy" | "starting" | null;
  readonly imageId: string;
  readonly labels: Readonly<Record<string, string>>;
}

/** A container as it is looked into. */
export interface InspectedContainer {
  readonly status: string;
  readonly exitCode: number;
  readonly restarts: number;
  readonly outOfMemory: boolean;
  readonly health: string | null;
  /** The command of its health check. */
  readonly check: readonly string[];
  /** What the last checks that failed said, oldest first. */
  readonly failures: readonly { readonly exitCode: number; readonly output: string }[];
}

/** Where a container has its place on the engine's machine. */
export interface ContainerPlace {
  /** What is mounted, by where the container has it. */
  readonly mounts: Readonly<Record<string, string>>;
  /** The ports that it holds. */
  readonly ports: readonly number[];
}

/** Seconds that a container may take to end before it is restarted; less than an answer may take. */
const RESTART_GRACE = 5;

const listSchema = z.array(
  z.object({ Names: z.array(z.string()), State: z.string(), Status: z.string(), ImageID: z.string(), Labels: z.nullable(z.record(z.string(), z.string())) }),
);

/** All containers with these labels, running or not. @throws Error when the engine does not answer */
export async function listContainers(engine: DockerEngine, labels: Readonly<Record<string, string>>): Promise<ListedContainer[]> {
  const filters = JSON.stringify({ label: Object.entries(labels).map(([label, value]) => `${label}=${value}`) });
  const answer = await engine.ask("GET", `/containers/json?all=1&filters=${encodeURIComponent(filters)}`);
  return listSchema.parse(bodyOf(engine, answer)).map(({ Names, State, Status, ImageID, Labels }) => ({
    name: (Names[0] ?? "").replace(/^\//, ""),
    running: State === "running",
    fresh: State === "created",
    health: healthIn(Status),
    imageId: ImageID,
    labels: Labels ?? {},
  }));
}

/** The list tells health in words alone, such as `Up 3 seconds (healthy)`. */
function healthIn(status: string): ListedContainer["health"] {
  if (status.endsWith("(healthy)")) return "healthy";
  if (status.endsWith("(unhealthy)")) return "unhealthy";
  return status.endsWith("(health: starting)") ? "starting" : null;
}

const inspectSchema = z.object({
  RestartCount: z.number(),
  State: z.object({
    Status: z.string(),
    ExitCode: z.number(),
    OOMKilled: z.boolean(),
    Health: z.optional(z.object({ Status: z.string(), Log: z.nullable(z.array(z.object({ ExitCode: z.number(), Output: z.string() }))) })),
  }),
  Config: z.object({ Healthcheck: z.optional(z.object({ Test: z.nullable(z.array(z.string())) })) }),
});

/** Looks into one container; null where there is none of that name. @throws Error when the engine does not answer */
export async function inspectContainer(engine: DockerEngine, name: string): Promise<InspectedContainer | null> {
  const answer = await engine.ask("GET", `/containers/${encodeURIComponent(name)}/json`);
  if (answer.status === 404) return null;
  const { RestartCount, State, Config } = inspectSchema.parse(bodyOf(engine, answer));
  return {
    status: State.Status,
    exitCode: State.ExitCode,
    restarts: RestartCount,
    outOfMemory: State.OOMKilled,
    health: State.Health?.Status ?? null,
    check: Config.Healthcheck?.Test ?? [],
    failures: (State.Health?.Log ?? []).filter(({ ExitCode }) => ExitCode !== 0).map(({ ExitCode, Output }) => ({ exitCode: ExitCode, output: Output.trim() })),
  };
}

const placeSchema = z.object({
  State: z.object({ Status: z.string() }),
  Mounts: z._default(z.array(z.object({ Source: z.string(), Destination: z.string() })), []),
  HostConfig: z.object({ PortBindings: z.nullish(z.record(z.string(), z.nullable(z.array(z.object({ HostPort: z.string() }))))) }),
});

/** Where a container has its place on the engine's machine; null where there is none of that name. @throws Error when the engine does not answer */
export async function inspectPlace(engine: DockerEngine, name: string): Promise<ContainerPlace | null> {
  const answer = await engine.ask("GET", `/containers/${encodeURIComponent(name)}/json`);
  if (answer.status === 404) return null;
  const { State, Mounts, HostConfig } = placeSchema.parse(bodyOf(engine, answer));
  const bindings = Object.values(HostConfig.PortBindings ?? {}).flatMap((bound) => bound ?? []);
  return {
    mounts: Object.fromEntries(Mounts.map(({ Source, Destination }) => [Destination, Source])),
    ports: ["created", "exited", "dead"].includes(State.Status) ? [] : bindings.map(({ HostPort }) => Number(HostPort)),
  };
}

/**
 * Starts a container that was made and never ran, or was stopped by hand; a plugin that could not start it does not try again.
 * @throws Error with the engine's own words when it cannot be started
 */
export async function startIfStopped(engine: DockerEngine, name: string): Promise<void> {
  const status = (await inspectContainer(engine, name))?.status;
  if (status !== "created" && status !== "exited") return;
  const answer = await engine.ask("POST", `/containers/${encodeURIComponent(name)}/start`);
  if (answer.status >= 400) bodyOf(engine, answer);
}

/** Restarts a container, and returns once it runs. @throws Error with the engine's own words when it cannot be restarted */
export async function restart(engine: DockerEngine, name: string): Promise<void> {
  const answer = await engine.ask("POST", `/containers/${encodeURIComponent(name)}/restart?t=${RESTART_GRACE}`);
  if (answer.status >= 400) bodyOf(engine, answer);
}

/** The last lines that a container wrote, at most `count`; empty where they cannot be had. */
export async function lastLines(engine: DockerEngine, name: string, count: number): Promise<string[]> {
  const answer = await engine.ask("GET", `/containers/${encodeURIComponent(name)}/logs?stdout=1&stderr=1&tail=${count}`).catch(() => null);
  if (answer?.status !== 200) return [];
  return withoutFrames(answer.body)
    .split("\n")
    .map((line) => line.trimEnd())
    .filter((line) => line !== "");
}

/** A stream comes in frames: eight bytes that say which stream and how long, then the text. */
function withoutFrames(body: Buffer): string {
  const texts: string[] = [];
  for (let at = 0; at + 8 <= body.length; ) {
    const size = body.readUInt32BE(at + 4);
    texts.push(body.subarray(at + 8, at + 8 + size).toString("utf8"));
    at += 8 + size;
  }
  return texts.join("");
}

/** @throws Error with the engine's own words when it refuses */
function bodyOf(engine: DockerEngine, { status, body }: EngineAnswer): unknown {
  if (status < 300) return JSON.parse(body.toString("utf8"));
  throw new Error(`the Docker engine at ${engine.host} answers with status ${status}: ${oneLine(body.toString("utf8"), 500)}`);
}

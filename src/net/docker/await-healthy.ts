import { poll } from "../poll.ts";
import { type InspectedContainer, inspectContainer, lastLines, startIfStopped } from "./containers.ts";
import type { DockerEngine } from "./engine.ts";
import { oneLine } from "./one-line.ts";

/** A container that must become healthy. */
export interface Awaited {
  readonly name: string;
  /** Milliseconds that it may take, from now on. */
  readonly ready: number;
}

/** How often a container may start anew while it is waited for; an engine counts all that ever were. */
const MOST_RESTARTS = 2;
/** How much of a log is quoted. */
const LINES = 10;
const WIDTH = 200;

/**
 * Waits until every container is healthy, so that no traffic goes to one that cannot carry it.
 * @throws Error naming each that is not, with what its check said and the last lines of its log
 */
export async function awaitHealthy(engine: DockerEngine, containers: readonly Awaited[]): Promise<void> {
  const faults = (await Promise.all(containers.map((container) => whyUnhealthy(engine, container)))).filter((fault) => fault !== null);
  if (faults.length === 0) return;
  throw new Error(`${faults.join("\n")}\nRoutes were left as they are, and what ran before goes on serving. Mend it, then run \`pulumi up\` again.`);
}

async function whyUnhealthy(engine: DockerEngine, { name, ready }: Awaited): Promise<string | null> {
  try {
    await startIfStopped(engine, name);
  } catch (error) {
    return `container ${name} cannot be started: ${error instanceof Error ? error.message : String(error)}`;
  }
  const first = await inspectContainer(engine, name);
  const since = (look: InspectedContainer | null): InspectedContainer | null => look && { ...look, restarts: look.restarts - (first?.restarts ?? 0) };
  let last = since(first);
  await poll(
    async () => {
      last = since(await inspectContainer(engine, name));
      return last === null || isHealthy(last) || isOver(last);
    },
    ready,
    100,
  );
  if (last === null) return `there is no container ${name}: someone has removed it; pulumi refresh, then pulumi up, makes it anew`;
  if (isHealthy(last)) return null;
  return `container ${name} ${trouble(last, ready)}\n${await quoteLog(engine, name)}`;
}

/** The last lines of a container's log, for people. */
export async function quoteLog(engine: DockerEngine, name: string): Promise<string> {
  const lines = await lastLines(engine, name, LINES);
  return lines.length === 0 ? "  its log is empty" : ["  the last lines of its log:", ...lines.map((line) => `  | ${oneLine(line, WIDTH)}`)].join("\n");
}

function isHealthy({ status, health }: InspectedContainer): boolean {
  return status === "running" && health === "healthy";
}

function isOver({ status, restarts, health }: InspectedContainer): boolean {
  return status === "exited" || status === "dead" || restarts > MOST_RESTARTS || health === "unhealthy";
}

function trouble({ status, exitCode, restarts, outOfMemory, check, failures }: InspectedContainer, ready: number): string {
  if (outOfMemory) return "was ended for want of memory: its limit is docker.services.<name>.memory";
  if (status !== "running" || restarts > MOST_RESTARTS) return `does not stay up: it ended with exit code ${exitCode}, and was started anew ${restarts} times`;
  const command = check.filter((word) => word !== "CMD" && word !== "CMD-SHELL").join(" ");
  const failure = failures.at(-1);
  const said =
    failure === undefined ? "has not come to an end yet" : `fails with exit code ${failure.exitCode}: ${oneLine(failure.output || "it said nothing", WIDTH)}`;
  return `is not healthy after ${ready / 1000} s: its check \`${command}\` ${said}`;
}

import { z } from "zod/mini";
import type { ListedContainer } from "../../net/docker/containers.ts";
import type { DriftedPart } from "../drift.ts";
import type { Checkpoint } from "../state-files.ts";

/** What begins the type of everything that Docker's plugin makes. */
const DOCKER = "docker:index/";
const CONTAINER = "docker:index/container:Container";

const containerInputs = z.looseObject({ name: z.string(), image: z.string(), start: z._default(z.boolean(), true) });

/**
 * The containers of a stage that are not as a state has them: gone, of another image, or, unless they were never to start, not running or unhealthy;
 * and those that are in no state, because an update was killed while it made them.
 * @param look gives the containers that the engine has
 */
export async function findContainerDrift(checkpoint: Checkpoint, look: () => Promise<readonly ListedContainer[]>): Promise<DriftedPart[]> {
  const wanted = checkpoint.resources.flatMap(({ type, inputs }) => {
    const container = containerInputs.safeParse(inputs);
    return type === CONTAINER && container.success ? [container.data] : [];
  });
  if (!checkpoint.resources.some(({ type }) => type.startsWith(DOCKER))) return [];
  const found = await look().catch((error: unknown) => (error instanceof Error ? error.message : String(error)));
  if (typeof found === "string") return wanted.length === 0 ? [] : [{ name: "Docker engine", path: found, state: "missing" }];
  const strays = found.filter(({ name }) => !wanted.some((container) => container.name === name));
  const drifted = wanted.flatMap(({ name, image, start }): DriftedPart[] => {
    const there = found.find((container) => container.name === name);
    if (there === undefined) return [{ name, path: `container ${name}`, state: "missing" }];
    const runs = there.running && there.health !== "unhealthy";
    return there.imageId === image && (runs || !start) ? [] : [{ name, path: `container ${name}`, state: "differs" }];
  });
  return [...drifted, ...strays.map(({ name }): DriftedPart => ({ name, path: `container ${name}`, state: "stray" }))];
}

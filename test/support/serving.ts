import { readProject } from "../../src/operations/project.ts";
import type { OnServeEvent } from "../../src/operations/serve/events.ts";
import { type Serving, serve } from "../../src/operations/serve/serve.ts";
import { requireTraefik } from "../../src/setup/traefik.ts";

/** Serves stages of a project with the real Traefik. */
export async function serveStages(root: string, stages: readonly string[], onEvent: OnServeEvent = () => undefined): Promise<Serving> {
  return serve(await readProject(root), stages, await requireTraefik(), onEvent);
}

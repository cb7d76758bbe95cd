import { readProject } from "../../src/operations/project.ts";
import { type Serving, serve } from "../../src/operations/serve/serve.ts";
import { findTraefik } from "../../src/setup/traefik.ts";

/** Serves stages of a project with the real Traefik. */
export async function serveStages(root: string, stages: readonly string[]): Promise<Serving> {
  const traefik = await findTraefik();
  if (traefik === null) throw new Error("Traefik is missing; run npm run setup");
  return serve(await readProject(root), stages, traefik.path, () => undefined);
}

import { readProject, requireStage, stagesOf } from "../../operations/project.ts";
import type { ServeEvent } from "../../operations/serve/events.ts";
import { serve } from "../../operations/serve/serve.ts";
import { requireTraefik } from "../../setup/traefik.ts";
import { EXIT } from "../exit-codes.ts";

/** Serves stages until a signal ends it. */
export async function serveCommand(root: string, stages: readonly string[] | undefined): Promise<number> {
  const project = await readProject(root);
  const known = stagesOf(project);
  for (const stage of stages ?? []) requireStage(project, stage);
  const traefik = await requireTraefik();
  const ended = waitForEnd();
  const serving = await serve(project, stages ?? known, traefik, (event) => process.stdout.write(`${renderServeEvent(event)}\n`));
  process.stdout.write("Ctrl-C ends it.\n");
  const failed = await Promise.race([ended, serving.failed]);
  await serving.stop();
  return failed === null ? EXIT.ok : EXIT.failed;
}

/** Resolves on a signal, and when the process that started this one is gone: `npx` does not pass every signal on. */
function waitForEnd(): Promise<null> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(name, () => resolve(null));
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve(null);
    }, 250).unref();
  });
}

function renderServeEvent(event: ServeEvent): string {
  switch (event.kind) {
    case "serving":
      return `${event.stage}: serving ${event.url} (Traefik's dashboard: ${event.admin}/dashboard/)`;
    case "started":
      return `${event.stage}: ${event.workload} started, process ${event.pid}`;
    case "stopped":
      return `${event.stage}: ${event.workload} ended`;
    case "failed":
      return `${event.stage}: ${event.workload} failed with code ${event.code ?? "none"}; again in ${event.retryIn} ms`;
    case "unmanaged":
      return `${event.stage}: ${event.workload} has no command in the catalogue; start it yourself`;
    case "output":
      return `${event.stage}: ${event.workload}: ${event.line}`;
    case "traefik-ended":
      return `${event.stage}: Traefik ended by itself with code ${event.code ?? "none"}; everything is stopped`;
    default: {
      const never: never = event;
      return never;
    }
  }
}

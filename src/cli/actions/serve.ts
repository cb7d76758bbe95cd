import { readProject, requireStage, stagesOf } from "../../operations/project.ts";
import type { ServeEvent } from "../../operations/serve/events.ts";
import { serve } from "../../operations/serve/serve.ts";
import { requireTraefik } from "../../setup/traefik.ts";
import { EXIT } from "../exit-codes.ts";

/** Serves stages until a signal ends it. */
export async function serveCommand(root: string, stages: readonly string[] | undefined, keep: boolean): Promise<number> {
  const project = await readProject(root);
  const known = stagesOf(project);
  for (const stage of stages ?? []) requireStage(project, stage);
  const traefik = await requireTraefik();
  const ended = waitForEnd(keep);
  const serving = await serve(project, stages ?? known, traefik, (event) => process.stdout.write(`${renderServeEvent(event)}\n`));
  process.stdout.write("Ctrl-C ends it.\n");
  const why = await Promise.race([ended, serving.failed.then(() => null)]);
  if (why !== null) process.stdout.write(`ending: ${why}\n`);
  await serving.stop();
  return why === null ? EXIT.failed : EXIT.ok;
}

/**
 * Resolves with the reason on a signal; and when the process that started this one is gone, because `npx` does
 * not pass every signal on, unless it is to be kept: then a hang-up does not end it either.
 */
export function waitForEnd(keep: boolean): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => resolve(name));
    process.on("SIGHUP", () => {
      if (!keep) resolve("SIGHUP");
    });
    if (keep) return;
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve("the process that started it is gone; --keep goes on without it");
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

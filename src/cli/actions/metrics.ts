import { resolve } from "node:path";
import { writeAtomically } from "../../files/write-atomically.ts";
import { exposeFacts } from "../../monitoring/exposition.ts";
import { readFacts } from "../../operations/facts/read-facts.ts";
import { EXIT } from "../exit-codes.ts";

export interface MetricsOptions {
  readonly stage?: readonly string[];
  readonly output?: string;
  /** `host:port` */
  readonly listen?: string;
}

/** Tells facts of stages, once or for as long as it runs. @returns 0, also where a stage cannot be read: the facts say so */
export async function metrics(root: string, { stage, output, listen }: MetricsOptions): Promise<number> {
  const stages = stage ?? [];
  if (listen !== undefined) return listenOn(root, stages, listen);
  const text = exposeFacts(await readFacts(root, stages, new Date()));
  if (output === undefined) process.stdout.write(text);
  else await writeAtomically(resolve(output), text, 0o644);
  return EXIT.ok;
}

async function listenOn(root: string, stages: readonly string[], listen: string): Promise<number> {
  const { serveFacts } = await import("../../operations/facts/serve-facts.ts");
  // What is wrong with the project is told now, not at the first scrape.
  await readFacts(root, stages, new Date());
  const served = await serveFacts(root, stages, listen);
  process.stdout.write(`serving ${served.url}\nCtrl-C ends it.\n`);
  await new Promise<void>((resolveEnd) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.once(name, () => resolveEnd());
  });
  await served.stop();
  return EXIT.ok;
}

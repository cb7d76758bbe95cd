import { join, resolve } from "node:path";
import { makeMonitoring, writeMonitoring } from "../../operations/monitoring/make-monitoring.ts";
import { EXIT } from "../exit-codes.ts";

export interface MonitoringOptions {
  readonly stage: string;
  readonly output: string;
}

/** Writes the monitoring of a stage, and says which files. */
export async function monitoring(root: string, { stage, output }: MonitoringOptions): Promise<number> {
  const files = await makeMonitoring(root, stage);
  await writeMonitoring(resolve(output), files);
  process.stdout.write(`${files.map(({ path }) => join(output, path)).join("\n")}\n`);
  return EXIT.ok;
}

import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJsonOrNull } from "../model/parse-json.ts";

/** The folder of drill reports, under version control. */
export const DRILLS_FOLDER = "drills";

const report = z.looseObject({ stage: z.string(), at: z.iso.datetime(), passed: z.boolean() });

/** By stage, when a rollback was last rehearsed with success, from the reports in the project. A file that is no report counts for nothing. */
export async function readDrills(root: string): Promise<Record<string, Date>> {
  const folder = join(root, DRILLS_FOLDER);
  const names = await readdir(folder).catch(() => []);
  const last: Record<string, Date> = {};
  for (const name of names.filter((file) => file.endsWith(".json")).sort()) {
    const found = report.safeParse(parseJsonOrNull(await readFile(join(folder, name), "utf8")));
    if (!found.success || !found.data.passed) continue;
    const at = new Date(found.data.at);
    const known = last[found.data.stage];
    if (known === undefined || at > known) last[found.data.stage] = at;
  }
  return last;
}

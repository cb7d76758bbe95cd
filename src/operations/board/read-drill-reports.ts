import { readdir, readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { DRILLS_FOLDER } from "../../config/read-drills.ts";
import { parseJsonOrNull } from "../../model/parse-json.ts";
import type { DrillLine, Lack } from "./board.ts";

const passageSchema = z.looseObject({ requests: z.number(), lost: z.number(), seconds: z.looseObject({ lastOld: z.number().nullable() }) });
const reportSchema = z.looseObject({
  stage: z.string(),
  at: z.iso.datetime(),
  by: z.string(),
  passed: z.boolean(),
  why: z.array(z.string()),
  updates: z.looseObject({ from: z.number(), to: z.number() }),
  back: passageSchema,
  forward: passageSchema.nullable(),
});

/** The reports of rehearsed rollbacks, the newest first; a file that is none is a lack. Where there is no folder, there are none. */
export async function readDrillReports(root: string): Promise<{ readonly drills: readonly DrillLine[]; readonly lacks: readonly Lack[] }> {
  const folder = join(root, DRILLS_FOLDER);
  const names = (await readdir(folder).catch(() => [])).filter((name) => name.endsWith(".json"));
  const read = await Promise.all(names.map(async (name) => ({ name, text: await readFile(join(folder, name), "utf8").catch(() => "") })));
  const drills: DrillLine[] = [];
  const lacks: Lack[] = [];
  for (const { name, text } of read) {
    const report = reportSchema.safeParse(parseJsonOrNull(text));
    if (report.success) drills.push(drillLine(report.data));
    else lacks.push({ what: `the drill report ${join(DRILLS_FOLDER, name)}`, reason: "it is no report of a drill" });
  }
  return { drills: drills.sort((a, b) => b.at.getTime() - a.at.getTime()), lacks };
}

function drillLine({ stage, at, by, passed, why, updates, back, forward }: z.output<typeof reportSchema>): DrillLine {
  return {
    stage,
    at: new Date(at),
    by,
    passed,
    why,
    from: updates.from,
    to: updates.to,
    lastOld: back.seconds.lastOld,
    requests: back.requests + (forward?.requests ?? 0),
    lost: back.lost + (forward?.lost ?? 0),
  };
}

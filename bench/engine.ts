import { rm } from "node:fs/promises";
import { makeProject } from "../test/support/project.ts";
import { makeEmptyProgram, timePulumi } from "./empty-program.ts";
import { median, ROUNDS, type Row } from "./rows.ts";

/** `pulumi preview` and `pulumi up` of a stage beside the same of an empty program, in turn. */
export async function benchEngine(): Promise<Row[]> {
  const stage = await makeProject();
  const empty = await makeEmptyProgram();
  const rows: Row[] = [];
  try {
    await timePulumi(stage.root, ["stack", "init"]);
    await timePulumi(stage.root, ["up", "--yes", "--skip-preview"]);
    for (const args of [["preview"], ["up", "--yes", "--skip-preview"]]) {
      const floors: number[] = [];
      const times: number[] = [];
      for (let round = 0; round < ROUNDS; round += 1) {
        floors.push(await timePulumi(empty, args));
        times.push(await timePulumi(stage.root, args));
      }
      const ratio = median(times) / median(floors);
      rows.push({
        what: `pulumi ${args[0] ?? ""} of a stage, floor: an empty program`,
        measured: `${median(times).toFixed(0)} ms`,
        floor: `${median(floors).toFixed(0)} ms`,
        ratio: ratio.toFixed(2),
        limit: `1.5 ${ratio <= 1.5 ? "held" : "MISSED"}`,
      });
    }
  } finally {
    await stage.remove();
    await rm(empty, { recursive: true, force: true });
  }
  return rows;
}

import Table from "cli-table3";
import { readHistory, tellEffects } from "../../operations/history.ts";
import { readProject } from "../../operations/project.ts";
import { EXIT } from "../exit-codes.ts";

/** Prints a stage's updates, newest first. */
export async function history(root: string, stage: string): Promise<number> {
  const project = await readProject(root);
  const effects = tellEffects(project, stage, await readHistory(project, stage));
  const table = new Table({ head: ["#", "when (UTC)", "what", "result", "effect", "message"], style: { head: [], border: [] } });
  for (const { update, effects: lines } of effects.toReversed()) {
    const when = update.endedAt.toISOString().slice(0, 19).replace("T", " ");
    table.push([update.number, when, update.kind, update.succeeded ? "ok" : "failed", lines.join("\n"), update.message]);
  }
  process.stdout.write(`${table.toString()}\n`);
  return EXIT.ok;
}

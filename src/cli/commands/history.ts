import Table from "cli-table3";
import { readHistory, tellEffects } from "../../operations/history.ts";
import { readProject } from "../../operations/project.ts";
import { EXIT } from "../exit-codes.ts";

/** Prints the newest updates of a stage, the newest first. */
export async function history(root: string, stage: string, limit: number): Promise<number> {
  const project = await readProject(root);
  const effects = tellEffects(project, stage, await readHistory(project, stage));
  const table = new Table({ head: ["#", "when", "what", "result", "effect", "message"], style: { head: [], border: [] } });
  for (const { update, effects: lines } of effects.toReversed().slice(0, limit)) {
    const when = update.endedAt.toISOString().slice(0, 19).replace("T", " ").concat("Z");
    table.push([update.number, when, update.kind, update.succeeded ? "ok" : "failed", lines.join("\n"), firstLine(update.message)]);
  }
  process.stdout.write(`${table.toString()}\n`);
  return EXIT.ok;
}

function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return line.length > 50 ? `${line.slice(0, 49)}…` : line;
}

import Table from "cli-table3";
import { readHistory, tellEffects, type Update } from "../../operations/history.ts";
import { readProject } from "../../operations/project.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";

/** Prints the newest updates of a stage, the newest first. */
export async function history(root: string, stage: string, limit: number, json: boolean): Promise<number> {
  const project = await readProject(root);
  const newest = tellEffects(project, stage, await readHistory(project, stage))
    .toReversed()
    .slice(0, limit);
  if (json) {
    printJson({ stage, updates: newest.map(({ update, effects }) => ({ ...withoutConfig(update), effects })) });
    return EXIT.ok;
  }
  const table = new Table({ head: ["#", "when", "what", "result", "effect", "message"], style: { head: [], border: [] } });
  for (const { update, effects: lines } of newest) {
    const when = update.endedAt.toISOString().slice(0, 19).replace("T", " ").concat("Z");
    table.push([update.number, when, update.kind, update.succeeded ? "ok" : "failed", lines.join("\n"), firstLine(update.message)]);
  }
  process.stdout.write(`${table.toString()}\n`);
  return EXIT.ok;
}

/** A whole config is no line of a history; secrets stand in it, if encrypted. */
function withoutConfig({ number, kind, succeeded, changedResources, endedAt, message }: Update): object {
  return { number, kind, succeeded, changedResources, endedAt, message };
}

function firstLine(message: string): string {
  const [line = ""] = message.split("\n");
  return line.length > 50 ? `${line.slice(0, 49)}…` : line;
}

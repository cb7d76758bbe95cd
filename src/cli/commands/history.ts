import type { Command } from "commander";
import type { HistoryOptions } from "../actions/history.ts";
import type { Context } from "../context.ts";
import { count } from "../count.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("history")
    .description("a stage's updates: what they did to flags, who made them, how long they took")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("-n, --limit <count>", "how many, the newest first", count("updates"), 20)
    .option("-f, --flag <flag>", "only updates that did something to this flag")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["sluice history --stage dev", "the newest 20"],
        ["sluice history --stage production --flag MY_FLAG", "how a flag came to where it is"],
        ["sluice history --stage production --limit 3 --json", "for a program"],
      ),
    )
    .action(async (options: HistoryOptions) => {
      context.exitWith(await (await import("../actions/history.ts")).history(context.root(), options));
    });
}

import type { Command } from "commander";
import type { Context } from "../context.ts";
import { count } from "../count.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("history")
    .description("a stage's updates, by what they did to flags")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("-n, --limit <count>", "how many, the newest first", count("updates"), 20)
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["sluice history --stage dev", "the newest 20"], ["sluice history --stage production --limit 3 --json", "for a program"]))
    .action(async (options: { stage: string; limit: number; json?: true }) => {
      context.exitWith(await (await import("../actions/history.ts")).history(context.root(), options.stage, options.limit, options.json === true));
    });
}

import type { Command } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("pending")
    .description("flags that a stage's config has further on than the stage itself, one a line: what is left to promote")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["sluice pending --stage staging", "what a merge has left to promote"]))
    .action(async (options: { stage: string; json?: true }) => {
      context.exitWith(await (await import("../actions/pending.ts")).pending(context.root(), options.stage, options.json === true));
    });
}

import type { Command } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("status")
    .description("which flag is how far on, in every stage, as deployed")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["sluice status", "who has which flag"], ["sluice status --json", "the same, for a program"]))
    .action(async (options: { json?: true }) => {
      context.exitWith(await (await import("../actions/status.ts")).status(context.root(), options.json === true));
    });
}

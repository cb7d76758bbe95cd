import type { Command } from "commander";
import type { StatusOptions } from "../actions/status.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("status")
    .description("every flag in every stage as deployed: how far, since when, by whom, what may come next; drift, locks and kills")
    .option("-f, --flag <flag>", "one flag in full, with every gate")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(["sluice status", "all flags and stages"], ["sluice status --flag MY_FLAG", "why it may not go up"], ["sluice status --json", "for a program"]),
    )
    .action(async (options: StatusOptions) => {
      context.exitWith(await (await import("../actions/status.ts")).status(context.root(), options, new Date()));
    });
}

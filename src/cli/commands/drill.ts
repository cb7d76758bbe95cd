import type { Command } from "commander";
import type { DrillOptions } from "../actions/drill.ts";
import type { Context } from "../context.ts";
import { count } from "../count.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("drill")
    .description("rehearse the rollback of what runs now, under load, and go forward again; writes a report to drills/")
    .requiredOption("-s, --stage <stage>", "the stage; its visitors lose what the last update gave them for some seconds")
    .option("-r, --rate <count>", "requests a second that the load sends; 200, when left out", count("requests a second"))
    .option("-y, --yes", "do not ask")
    .option("--json", "the report as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["sluice drill --stage staging", "shows what it would do, and asks"],
        ["sluice drill --stage staging --yes --json", "in a pipeline; ends with 6 where it does not pass"],
        ["sluice drill --stage production --rate 500", "under more load"],
      ),
    )
    .action(async (options: DrillOptions) => {
      context.exitWith(await (await import("../actions/drill.ts")).drillCommand(context.root(), options));
    });
}

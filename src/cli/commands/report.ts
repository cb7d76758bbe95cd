import type { Command } from "commander";
import type { ReportOptions } from "../actions/report.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("report")
    .description("what the board shows, as one HTML file to attach to a change request")
    .option("-f, --flag <flag>", "one flag; all, when left out")
    .option("-o, --output <file>", "where it is written; to the terminal's output, when left out")
    .addHelpText("after", examples(["sluice report --output report.html", "all flags"], ["sluice report --flag MY_FLAG > my-flag.html", "one of them"]))
    .action(async (options: ReportOptions) => {
      context.exitWith(await (await import("../actions/report.ts")).report(context.root(), options, new Date()));
    });
}

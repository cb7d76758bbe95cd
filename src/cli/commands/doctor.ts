import type { Command } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("doctor")
    .description("which program is used, from where, and what to do about one that is missing")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["sluice doctor", "before asking for help"]))
    .action(async (options: { json?: true }) => {
      context.exitWith(await (await import("../actions/doctor.ts")).doctor(context.home, options.json === true));
    });
}

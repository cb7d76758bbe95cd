import type { Command } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("parity")
    .description("where two stages differ in anything but exposure, and whether that is declared as meant; exit code 3 where it is not")
    .argument("<stage>", "one stage")
    .argument("<other>", "the stage to hold it against")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["sluice parity staging production", "before a promotion"], ["sluice parity dev production --json", "for a program"]))
    .action(async (stage: string, other: string, options: { json?: true }) => {
      context.exitWith(await (await import("../actions/parity.ts")).parity(context.root(), stage, other, options.json === true));
    });
}

import type { Command } from "commander";
import type { PromoteCommandOptions } from "../actions/promote.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";
import { percent, percents } from "../percent.ts";

export function register(program: Command, context: Context): void {
  program
    .command("promote")
    .description("raise a flag step by step, each watched before the next; on a breach it goes back by itself")
    .argument("<flag>", "the flag")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("--to <percent>", "the exposure to end at; 100, or the last of --steps, when left out", percent)
    .option("--steps <percents>", "the exposures on the way, separated by commas; the catalogue's, when left out", percents)
    .option("-r, --reason <text>", "why; it is kept in the audit")
    .option("-y, --yes", "without being asked")
    .option("--json", "each event as one line of JSON")
    .addHelpText(
      "after",
      examples(
        ["sluice promote MY_FLAG --stage production --to 25", "by the catalogue's steps up to 25 per cent"],
        ["sluice promote MY_FLAG --stage dev --steps 100 --yes", "in one step, for automation"],
        ["sluice promote MY_FLAG --stage production", "the same again goes on where one ended"],
      ),
    )
    .action(async (flag: string, options: PromoteCommandOptions) => {
      context.exitWith(await (await import("../actions/promote.ts")).promote(context.root(), flag, options));
    });
}

import type { Command } from "commander";
import type { ApproveOptions } from "../actions/approve.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";
import { percent } from "../percent.ts";

export function register(program: Command, context: Context): void {
  program
    .command("approve")
    .description("say as a reviewer that someone else may raise a flag; for flags that ask for a review")
    .argument("<flag>", "the flag")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("--to <percent>", "up to which exposure", percent, 100)
    .option("-r, --reason <text>", "why; it is kept in the audit")
    .addHelpText("after", examples(["sluice approve MY_FLAG --stage production --to 25", "written into Pulumi.production.yaml, to be committed"]))
    .action(async (flag: string, options: ApproveOptions) => {
      context.exitWith(await (await import("../actions/approve.ts")).approve(context.root(), flag, options));
    });
}

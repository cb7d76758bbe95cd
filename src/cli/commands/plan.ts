import type { Command } from "commander";
import type { PlanOptions } from "../actions/plan.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("plan")
    .description("the rollout plan of one flag, as Markdown for a change request: steps, gates, metrics, commands to go back")
    .argument("<flag>", "the flag")
    .option("-s, --stage <stage>", "one stage; all, when left out")
    .option("-o, --output <file>", "write it to a file")
    .addHelpText(
      "after",
      examples(
        ["sluice plan MY_FLAG", "over all stages"],
        ["sluice plan MY_FLAG --stage production --output plan.md", "one stage, to attach to a change request"],
      ),
    )
    .action(async (flag: string, options: PlanOptions) => {
      context.exitWith(await (await import("../actions/plan.ts")).plan(context.root(), flag, options, new Date()));
    });
}

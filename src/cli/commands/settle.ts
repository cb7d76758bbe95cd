import type { Command } from "commander";
import type { SettleOptions } from "../actions/settle.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("settle")
    .description("let go of the variant without a flag, once its soak is over: going back then waits for one to start")
    .argument("<flag>", "the flag")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("-r, --reason <text>", "why; it is kept in the audit")
    .option("-y, --yes", "without being asked")
    .addHelpText("after", examples(["sluice settle MY_FLAG --stage dev", "shows what it does, and asks"]))
    .action(async (flag: string, options: SettleOptions) => {
      context.exitWith(await (await import("../actions/settle.ts")).settle(context.root(), flag, options));
    });
}

import type { Command } from "commander";
import type { ReviveOptions } from "../actions/revive.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("revive")
    .description("end a kill: the flag goes back to what its setting says")
    .argument("<flag>", "the flag, the name of one of its routes, or FLAG/route")
    .requiredOption("-s, --stage <stage>", "the stage")
    .requiredOption("-r, --reason <text>", "why; it is kept in the audit")
    .option("-y, --yes", "without being asked")
    .addHelpText("after", examples(['sluice revive MY_FLAG --stage production --reason "fixed in 1.4.2"', "shows what it does, and asks"]))
    .action(async (flag: string, options: ReviveOptions) => {
      context.exitWith(await (await import("../actions/revive.ts")).revive(context.root(), flag, options));
    });
}

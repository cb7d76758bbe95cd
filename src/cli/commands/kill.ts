import type { Command } from "commander";
import type { KillOptions } from "../actions/kill.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("kill")
    .description("take traffic off a flag or a route at once; does not ask, and needs neither engine nor state")
    .argument("<flag>", "the flag, the name of one of its routes, or FLAG/route")
    .requiredOption("-s, --stage <stage>", "the stage")
    .requiredOption("-r, --reason <text>", "why; it is kept in the audit")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ['sluice kill MY_FLAG --stage production --reason "errors since 02:10"', "off for everyone, in a fraction of a second"],
        ['sluice kill MY_FLAG/agent --stage production --reason "route leaks"', "one gated route; the flag stays"],
        ['sluice revive MY_FLAG --stage production --reason "fixed in 1.4.2"', "ends it"],
      ),
    )
    .action(async (flag: string, options: KillOptions) => {
      context.exitWith(await (await import("../actions/kill.ts")).kill(context.root(), flag, options));
    });
}

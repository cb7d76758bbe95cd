import type { Command } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("setup")
    .description("get the programs that Sluice needs, and make the stacks")
    .option("-q, --quiet", "say nothing when everything is there")
    .option("--kubernetes", "also get what the tests against a Kubernetes cluster need")
    .addHelpText("after", examples(["sluice setup", "what is there is left as it is"]))
    .action(async (options: { quiet?: true; kubernetes?: true }) => {
      const { setup } = await import("../actions/setup.ts");
      context.exitWith(await setup(context.home, { quiet: options.quiet === true, kubernetes: options.kubernetes === true }));
    });
}

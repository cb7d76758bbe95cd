import type { Command } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("serve")
    .description("run Traefik and the example services of local stages, in the foreground")
    .option("-s, --stage <stage...>", "the stages; all, when left out")
    .option("--keep", "go on when the process that started it ends; for a supervisor")
    .addHelpText("after", examples(["sluice serve", "every stage"], ["sluice serve --stage dev staging", "two of them"]))
    .action(async (options: { stage?: string[]; keep?: true }) => {
      context.exitWith(await (await import("../actions/serve.ts")).serveCommand(context.root(), options.stage, options.keep === true));
    });
}

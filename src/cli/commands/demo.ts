import type { Command } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("demo")
    .description("walk a flag from off everywhere to production and back, on stages of its own")
    .addHelpText("after", examples(["sluice demo", "takes half a minute, and leaves nothing behind"]))
    .action(async () => {
      context.exitWith(await (await import("../actions/demo.ts")).demo(context.home));
    });
}

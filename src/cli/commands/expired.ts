import type { Command } from "commander";
import type { ExpiredOptions } from "../actions/expired.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("expired")
    .description("flags past or near their date, on everywhere or killed for long, or never used: what to remove, and where")
    .option("--within <span>", "how near a date must be", "30d")
    .option("--for <span>", "how long fully on, killed or unused is long", "30d")
    .option("--check", "end with exit code 3 when there is one")
    .option("--json", "as one JSON document")
    .addHelpText("after", examples(["sluice expired", "what to clean up"], ["sluice expired --within 7d --check", "in a scheduled job"]))
    .action(async (options: ExpiredOptions) => {
      context.exitWith(await (await import("../actions/expired.ts")).expired(context.root(), options, new Date()));
    });
}

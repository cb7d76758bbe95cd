import type { Command } from "commander";
import type { VerifyOptions } from "../actions/verify.ts";
import type { Context } from "../context.ts";
import { count } from "../count.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("verify")
    .description("whether real traffic does what the state says: split, routes, kills, testers, drift")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("-n, --visitors <count>", "how many newcomers are sent to each service", count("visitors"))
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["sluice verify --stage production", "ends with 6 where something is not as it should be"],
        ["sluice verify --stage dev --visitors 2000", "for a finer split"],
      ),
    )
    .action(async (options: VerifyOptions) => {
      context.exitWith(await (await import("../actions/verify.ts")).verify(context.root(), options));
    });
}

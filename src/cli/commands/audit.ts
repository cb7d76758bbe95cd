import type { Command } from "commander";
import type { AuditOptions } from "../actions/audit.ts";
import type { Context } from "../context.ts";
import { count } from "../count.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("audit")
    .description("who did what to a stage, and whether that record is as it was written")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("-f, --flag <flag>", "only what was done to this flag and its routes")
    .option("-n, --limit <count>", "how many, the newest first; all, when left out", count("entries"))
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["sluice audit --stage production", "ends with 6 where it was tampered with"],
        ["sluice audit --stage dev --flag MY_FLAG --json", "for a program"],
      ),
    )
    .action(async (options: AuditOptions) => {
      context.exitWith(await (await import("../actions/audit.ts")).audit(context.root(), options));
    });
}

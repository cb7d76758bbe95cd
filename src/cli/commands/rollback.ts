import type { Command } from "commander";
import type { RollbackOptions } from "../actions/rollback.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("rollback")
    .description("restore the state of an earlier update, and prove it; does not ask")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("--to <update>", "number of an update (see sluice history), or a time; the state before, when left out")
    .option("-f, --flag <flag>", "take back what was said of one flag, and leave later changes of others")
    .option("--preview", "only show what it would do")
    .option("-r, --reason <text>", "why; it is kept in the audit")
    .option("--settings-only", "restore the stage's settings on today's catalogue")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["sluice rollback --stage production", "to the state before"],
        ["sluice rollback --stage production --flag MY_FLAG", "one flag, to what was said of it before"],
        ["sluice rollback --stage production --preview", "what that would do"],
        ["sluice rollback --stage production --to 12", "to update 12 of sluice history"],
        ["sluice rollback --stage production --to 2027-01-31T02:00:00Z", "to what ran then"],
      ),
    )
    .action(async (options: RollbackOptions) => {
      context.exitWith(await (await import("../actions/rollback.ts")).rollback(context.root(), options));
    });
}

import type { Command } from "commander";
import type { MatrixOptions } from "../actions/matrix.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("matrix")
    .description("which flag is how far on, in every stage, as the config says; needs no state")
    .option("--against <folder>", "another checkout of the project, to show before and after")
    .option("--markdown", "as a table in Markdown")
    .option("--json", "as one JSON document")
    .addHelpText(
      "after",
      examples(
        ["sluice matrix", "what the files of this folder say"],
        ["sluice matrix --against ../main", "what a branch changes"],
        ["sluice matrix --against ../main --markdown", "for a pull request"],
      ),
    )
    .action(async (options: MatrixOptions) => {
      context.exitWith(await (await import("../actions/matrix.ts")).matrix(context.root(), options));
    });
}

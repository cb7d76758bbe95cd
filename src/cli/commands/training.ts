import { type Command, InvalidArgumentError } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  const training = program
    .command("training")
    .description("six exercises, each on stages of its own, with a fault put in on purpose and a check")
    .addHelpText(
      "after",
      examples(
        ["sluice training list", "what there is"],
        ["sluice training start 2", "in a terminal of its own: serves the exercise until Ctrl-C"],
        ["sluice training check 2", "passed, or what is missing"],
      ),
    );
  training
    .command("list")
    .description("the exercises, and which were begun")
    .action(async () => {
      context.exitWith(await (await import("../actions/training.ts")).list(context.home));
    });
  training
    .command("start")
    .description("make an exercise anew, serve its stages and tell the task; Ctrl-C ends it")
    .argument("<exercise>", "its number", exerciseNumber)
    .action(async (exercise: number) => {
      context.exitWith(await (await import("../actions/training.ts")).start(context.home, exercise));
    });
  training
    .command("check")
    .description("whether an exercise is done, and what is missing")
    .argument("[exercise]", "its number; that of the present folder, when left out", exerciseNumber)
    .action(async (exercise: number | undefined) => {
      context.exitWith(await (await import("../actions/training.ts")).check(context.home, context.root(), exercise));
    });
}

function exerciseNumber(text: string): number {
  if (!/^\d+$/.test(text)) throw new InvalidArgumentError("It is no number of an exercise, such as 2.");
  return Number(text);
}

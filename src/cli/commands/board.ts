import { type Command, InvalidArgumentError } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

const DEFAULT_PORT = 8090;

export function register(program: Command, context: Context): void {
  program
    .command("board")
    .description("a web page on this machine only, that shows every flag in every stage, its way, its metrics and the way back; it changes nothing")
    .option("-p, --port <port>", "where it listens", port, DEFAULT_PORT)
    .option("--keep", "go on when the process that started it ends; for a supervisor")
    .addHelpText("after", examples(["sluice board", `at http://127.0.0.1:${DEFAULT_PORT}`], ["sluice board --port 9000", "at another port"]))
    .action(async (options: { port: number; keep?: true }) => {
      context.exitWith(await (await import("../actions/board.ts")).board(context.root(), options.port, options.keep === true));
    });
}

function port(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1 || number > 65_535) throw new InvalidArgumentError("It is no port, such as 8090.");
  return number;
}

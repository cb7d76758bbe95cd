import { dirname } from "node:path";
import { fileURLToPath } from "node:url";
import { CommanderError } from "commander";
import { OperationError } from "../operations/errors.ts";
import { SetupError } from "../setup/tool.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";
import { buildProgram } from "./program.ts";

/** The folder of Sluice's own sources. */
const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = await buildProgram(home, args, (given) => {
    code = given;
  });
  process.stdout.on("error", endWithReader);
  try {
    await program.parseAsync([...args], { from: "user" });
    return code;
  } catch (error) {
    if (error instanceof CommanderError) return error.exitCode === 0 ? EXIT.ok : EXIT.config;
    if (error instanceof OperationError) {
      process.stderr.write(`${error.message}\n`);
      return exitCodeOf(error.failure);
    }
    if (error instanceof SetupError) {
      process.stderr.write(`${error.message}\n`);
      return EXIT.missing;
    }
    throw error;
  }
}

/** Who reads our output may stop, as `head` does. */
function endWithReader(error: NodeJS.ErrnoException): void {
  if (error.code !== "EPIPE") throw error;
  process.exit(EXIT.ok);
}

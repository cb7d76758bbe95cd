import { resolve } from "node:path";
import { Command } from "commander";
import * as audit from "./commands/audit.ts";
import * as completion from "./commands/completion.ts";
import * as demo from "./commands/demo.ts";
import * as doctor from "./commands/doctor.ts";
import * as expired from "./commands/expired.ts";
import * as history from "./commands/history.ts";
import * as matrix from "./commands/matrix.ts";
import * as parity from "./commands/parity.ts";
import * as pending from "./commands/pending.ts";
import * as rollback from "./commands/rollback.ts";
import * as serve from "./commands/serve.ts";
import * as setup from "./commands/setup.ts";
import * as status from "./commands/status.ts";
import * as verify from "./commands/verify.ts";
import type { Context } from "./context.ts";
import { renderExitCodes } from "./exit-codes.ts";

/** In the order of `sluice --help`. */
const COMMANDS = [status, matrix, pending, parity, expired, history, verify, rollback, audit, serve, demo, setup, doctor, completion];

/** A program with all commands, whose actions end it by `exitWith`. */
export function buildProgram(home: string, exitWith: (code: number) => void): Command {
  const program = new Command("sluice")
    .description("Feature-flag rollouts as infrastructure. Enabling is plain Pulumi: pulumi config set, pulumi preview, pulumi up.")
    .option("-C, --cwd <folder>", "folder of the Pulumi project", process.cwd())
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", `\n${renderExitCodes()}`);
  const context: Context = { home, exitWith, root: () => resolve(program.opts<{ cwd: string }>().cwd) };
  for (const command of COMMANDS) command.register(program, context);
  return program;
}

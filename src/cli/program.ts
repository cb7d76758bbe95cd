import { resolve } from "node:path";
import { Command } from "commander";
import type { Context } from "./context.ts";
import { renderExitCodes } from "./exit-codes.ts";

interface CommandModule {
  register(program: Command, context: Context): void;
}

/** In the order of `sluice --help`. */
const COMMANDS: Readonly<Record<string, () => Promise<CommandModule>>> = {
  status: () => import("./commands/status.ts"),
  matrix: () => import("./commands/matrix.ts"),
  plan: () => import("./commands/plan.ts"),
  pending: () => import("./commands/pending.ts"),
  parity: () => import("./commands/parity.ts"),
  expired: () => import("./commands/expired.ts"),
  history: () => import("./commands/history.ts"),
  verify: () => import("./commands/verify.ts"),
  promote: () => import("./commands/promote.ts"),
  approve: () => import("./commands/approve.ts"),
  settle: () => import("./commands/settle.ts"),
  rollback: () => import("./commands/rollback.ts"),
  kill: () => import("./commands/kill.ts"),
  revive: () => import("./commands/revive.ts"),
  drill: () => import("./commands/drill.ts"),
  audit: () => import("./commands/audit.ts"),
  metrics: () => import("./commands/metrics.ts"),
  monitoring: () => import("./commands/monitoring.ts"),
  board: () => import("./commands/board.ts"),
  report: () => import("./commands/report.ts"),
  serve: () => import("./commands/serve.ts"),
  demo: () => import("./commands/demo.ts"),
  training: () => import("./commands/training.ts"),
  setup: () => import("./commands/setup.ts"),
  doctor: () => import("./commands/doctor.ts"),
  completion: () => import("./commands/completion.ts"),
};

/**
 * A program whose actions end it by `exitWith`. It has the commands that the arguments name, because a
 * rollback waits for each file that is loaded; or all, where they name none.
 */
export async function buildProgram(home: string, args: readonly string[], exitWith: (code: number) => void): Promise<Command> {
  const program = new Command("sluice")
    .description("Feature-flag rollouts as infrastructure. Enabling is plain Pulumi: pulumi config set, pulumi preview, pulumi up.")
    .option("-C, --cwd <folder>", "folder of the Pulumi project", process.cwd())
    .exitOverride()
    .showHelpAfterError("(--help shows what there is)")
    .addHelpText("after", `\n${renderExitCodes()}`);
  const context: Context = { home, exitWith, root: () => resolve(program.opts<{ cwd: string }>().cwd) };
  for (const command of await Promise.all(namedIn(args).map((load) => load()))) command.register(program, context);
  return program;
}

/** A folder may be called like a command, so each that is named is taken. */
function namedIn(args: readonly string[]): (() => Promise<CommandModule>)[] {
  const all = Object.values(COMMANDS);
  if (["complete", "help", "-h", "--help"].includes(args[0] ?? "")) return all;
  const named = Object.entries(COMMANDS).flatMap(([name, load]) => (args.includes(name) ? [load] : []));
  return named.length === 0 ? all : named;
}

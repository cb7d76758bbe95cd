import { dirname, resolve } from "node:path";
import { fileURLToPath } from "node:url";
import { Command, CommanderError } from "commander";
import { OperationError } from "../operations/errors.ts";
import { SetupError } from "../setup/tool.ts";
import { EXIT, exitCodeOf } from "./exit-codes.ts";

/** The folder of Sluice's own sources. */
const home = dirname(dirname(dirname(fileURLToPath(import.meta.url))));

function positive(text: string): number {
  const number = Number(text);
  if (!Number.isInteger(number) || number < 1) throw new OperationError("config", `--limit ${text} is no number of updates, such as 20.`);
  return number;
}

/** Runs one command line. @returns the exit code */
export async function main(args: readonly string[]): Promise<number> {
  let code: number = EXIT.ok;
  const program = new Command("sluice")
    .description("Feature-flag rollouts as infrastructure. Enabling is plain Pulumi: pulumi config set, pulumi preview, pulumi up.")
    .option("-C, --cwd <folder>", "folder of the Pulumi project", process.cwd())
    .exitOverride()
    .showHelpAfterError();
  const root = (): string => resolve(program.opts<{ cwd: string }>().cwd);

  program
    .command("status")
    .description("which flag is how far on, in every stage")
    .action(async () => {
      code = await (await import("./commands/status.ts")).status(root());
    });
  program
    .command("history")
    .description("a stage's updates, by what they did to flags")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("-n, --limit <count>", "how many, the newest first", "20")
    .action(async (options: { stage: string; limit: string }) => {
      code = await (await import("./commands/history.ts")).history(root(), options.stage, positive(options.limit));
    });
  program
    .command("rollback")
    .description("restore the state of an earlier update, and prove it")
    .requiredOption("-s, --stage <stage>", "the stage")
    .option("--to <update>", "number of an update (see sluice history), or a time; the state before, when left out")
    .option("--preview", "only show what it would do")
    .option("--settings-only", "restore the stage's settings on today's catalogue")
    .action(async (options: { stage: string; to?: string; preview?: true; settingsOnly?: true }) => {
      code = await (await import("./commands/rollback.ts")).rollback(root(), options);
    });
  program
    .command("serve")
    .description("run Traefik and the example services of local stages, in the foreground")
    .option("-s, --stage <stage...>", "the stages; all, when left out")
    .action(async (options: { stage?: string[] }) => {
      code = await (await import("./commands/serve.ts")).serveCommand(root(), options.stage);
    });
  program
    .command("demo")
    .description("walk a flag from off everywhere to production and back, on stages of its own")
    .action(async () => {
      code = await (await import("./commands/demo.ts")).demo(home);
    });
  program
    .command("setup")
    .description("get the programs that Sluice needs, and make the stacks")
    .option("-q, --quiet", "say nothing when everything is there")
    .action(async (options: { quiet?: true }) => {
      code = await (await import("./commands/setup.ts")).setup(home, options.quiet === true);
    });
  program
    .command("doctor")
    .description("which program is used, from where, and what to do about one that is missing")
    .action(async () => {
      code = await (await import("./commands/doctor.ts")).doctor(home);
    });

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

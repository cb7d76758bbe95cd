import { type ChildProcess, execFile, spawn } from "node:child_process";
import { mkdtemp, open, readFile, rm } from "node:fs/promises";
import { homedir, tmpdir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { fileURLToPath } from "node:url";
import { z } from "zod";
import { OperationError } from "./errors.ts";
import { explain } from "./explain-engine.ts";
import type { Project } from "./project.ts";

/** The version of the Pulumi CLI that Sluice is built for. */
export const PULUMI_VERSION = "3.255.0";

/** One stack, driven through the CLI; every method throws an OperationError in all cases but success. */
export interface Engine {
  /**
   * Updates without a preview.
   * @param configFile a file to take the stage's config from instead of its own
   * @param refresh whether to look at what is really there first
   * @returns the seconds that it took
   */
  up(message: string, configFile?: string, refresh?: boolean): Promise<number>;
  /** Previews an update. @returns by kind of change, how many resources have it, such as `{update: 2, same: 7}` */
  preview(configFile?: string): Promise<Readonly<Record<string, number>>>;
  /** Sets one value by its path, as `pulumi config set --path` does. */
  setConfig(path: string, value: string): Promise<void>;
  /** Reads one value, and shows it to no one else: it may be a secret. Waits at most ten seconds. */
  getConfig(path: string): Promise<string>;
  /** Takes away the lock of an update that was killed. */
  cancel(): Promise<void>;
  /** Clears operations that a killed update began, by looking at what is there. Waits for an answer of it at most two minutes. */
  clearPending(): Promise<void>;
  /** Makes the stack. */
  create(): Promise<void>;
}

/** Compiled code of the program and its provider is kept from one operation to the next. */
const COMPILE_CACHE = fileURLToPath(new URL("../../node_modules/.cache/sluice", import.meta.url));

/** Where the CLI of this version is kept; `npx pulumi` looks there too. */
export function pulumiRoot(): string {
  return join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "versions", PULUMI_VERSION);
}

const previewSchema = z.object({ changeSummary: z.record(z.string(), z.number()).default({}) });
/** How long the CLI may take to read a value, and to preview, in milliseconds. */
const READ_LIMIT = 10_000;
const PREVIEW_LIMIT = 120_000;
/** How long it may look at what is there, in milliseconds, and then take to end once it is told to. */
const CLEAR_LIMIT = 120_000;
const END_GRACE = 10_000;
/** How much it may say, in bytes. */
const READ_MAXIMUM = 256 * 1024 * 1024;

/**
 * The engine of a stack. Runs the CLI itself, because a rollback waits for it: see docs/decisions/0006.
 * @param clearLimit milliseconds that `clearPending` may take
 */
export function engineOf(project: Project, stage: string, clearLimit = CLEAR_LIMIT): Engine {
  const on = (...args: readonly string[]): readonly string[] => [...args, "--stack", stage];
  const from = (configFile: string | undefined): readonly string[] => (configFile === undefined ? [] : ["--config-file", configFile]);
  const change = (args: readonly string[]): Promise<void> => runToItsEnd(project, stage, args);
  const read = (args: readonly string[], limit: number): Promise<string> => readFrom(project, stage, args, limit);
  return {
    async up(message, configFile, refresh) {
      const started = performance.now();
      await change(
        on("up", "--yes", "--skip-preview", "--suppress-outputs", "--message", message, ...from(configFile), ...(refresh === true ? ["--refresh"] : [])),
      );
      return (performance.now() - started) / 1000;
    },
    async preview(configFile) {
      return previewSchema.parse(JSON.parse(await read(on("preview", "--json", "--suppress-outputs", ...from(configFile)), PREVIEW_LIMIT))).changeSummary;
    },
    async setConfig(path, value) {
      await change(on("config", "set", "--path", path, value));
    },
    async getConfig(path) {
      return (await read(on("config", "get", "--path", path), READ_LIMIT)).trimEnd();
    },
    async cancel() {
      await change(on("cancel", "--yes"));
    },
    async clearPending() {
      await runToItsEnd(project, stage, on("refresh", "--yes", "--skip-preview", "--clear-pending-creates", "--suppress-outputs"), clearLimit);
    },
    async create() {
      await change(["stack", "init", stage]);
    },
  };
}

function commandLine(
  project: Project,
  args: readonly string[],
): { readonly file: string; readonly args: string[]; readonly options: { cwd: string; env: NodeJS.ProcessEnv } } {
  const bin = join(pulumiRoot(), "bin");
  const env = {
    NODE_COMPILE_CACHE: COMPILE_CACHE,
    ...process.env,
    ...engineEnvironment(),
    PATH: [dirname(process.execPath), bin, process.env["PATH"] ?? ""].join(delimiter),
  };
  return { file: join(bin, "pulumi"), args: [...args, "--non-interactive", "--color", "never"], options: { cwd: project.root, env } };
}

/**
 * Runs a command that changes something. What it says goes into a file, not a pipe: should this process
 * be killed, the engine comes to its end all the same, and does not die of a broken pipe in the middle.
 * It has a group of its own, so that a Ctrl-C reaches this process alone, which knows what to finish.
 * @param limit milliseconds after which it is told to end; for ever, when left out
 */
async function runToItsEnd(project: Project, stage: string, args: readonly string[], limit?: number): Promise<void> {
  const command = commandLine(project, args);
  const folder = await mkdtemp(join(tmpdir(), "sluice-engine-")).catch(() => null);
  const path = folder === null ? null : join(folder, "said");
  // A full disk costs its words, not the update.
  const file = path === null ? null : await open(path, "w", 0o600).catch(() => null);
  const output = file?.fd ?? "ignore";
  try {
    const failure = await new Promise<string | OperationError | null>((resolve) => {
      const child = spawn(command.file, command.args, { ...command.options, stdio: ["ignore", output, output], detached: true });
      const release = limit === undefined ? () => false : endAfter(child, limit);
      child.once("error", (error) => {
        release();
        resolve(error.message);
      });
      child.once("exit", (code, signal) => {
        const late = release();
        if (late && code !== 0) resolve(tooLate(stage, args, limit ?? 0));
        else resolve(code === 0 ? null : signal === null ? `pulumi ${args[0] ?? ""} failed` : `the Pulumi CLI was ended by ${signal}`);
      });
    });
    if (failure === null) return;
    if (typeof failure !== "string") throw failure;
    const said = path === null ? "" : await readFile(path, "utf8").catch(() => "");
    throw explain(said.trim() === "" ? failure : said, stage);
  } finally {
    await file?.close();
    if (folder !== null) await rm(folder, { recursive: true, force: true });
  }
}

/** Tells a process to end after a time, and makes it end where it does not. @returns a function that gives this up, and says whether it was told */
function endAfter(child: ChildProcess, limit: number): () => boolean {
  let told = false;
  const ending = setTimeout(() => {
    told = true;
    child.kill("SIGINT");
  }, limit);
  const forcing = setTimeout(() => child.kill("SIGKILL"), limit + END_GRACE);
  return () => {
    clearTimeout(ending);
    clearTimeout(forcing);
    return told;
  };
}

function tooLate(stage: string, args: readonly string[], limit: number): OperationError {
  const command = `pulumi ${args.filter((arg) => arg !== "--skip-preview" && arg !== "--suppress-outputs").join(" ")}`;
  return new OperationError(
    "engine",
    `${command} was ended after ${limit / 1000} s: what ${stage} runs on does not answer, and what an earlier update had begun there is not cleared. See that it answers again, then: npx ${command}`,
  );
}

/** Runs a command that reads. @returns what it said on stdout, which may hold a secret: it is kept in memory alone */
function readFrom(project: Project, stage: string, args: readonly string[], limit: number): Promise<string> {
  const command = commandLine(project, args);
  return new Promise((resolve, reject) => {
    execFile(command.file, command.args, { ...command.options, timeout: limit, maxBuffer: READ_MAXIMUM }, (error, stdout, stderr) => {
      if (error === null) resolve(stdout);
      else
        reject(
          explain(
            `${diagnosticsIn(stdout) ?? stdout}\n${stderr}\n${error.killed === true ? `pulumi ${args[0] ?? ""} did not answer` : ""}${error.code === "ENOENT" ? error.message : ""}`,
            stage,
          ),
        );
    });
  });
}

const diagnosticsSchema = z.object({ diagnostics: z.array(z.object({ message: z.string() })).min(1) });

/** What a preview in JSON has to say, as plain text; null where it is no such document. */
function diagnosticsIn(stdout: string): string | null {
  try {
    const found = diagnosticsSchema.safeParse(JSON.parse(stdout));
    return found.success ? found.data.diagnostics.map(({ message }) => message).join("\n") : null;
  } catch {
    return null;
  }
}

/** A stack whose secrets have no passphrase set takes the empty one, as the committed stacks do. */
export function engineEnvironment(): Record<string, string> {
  const given = process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined;
  return { PULUMI_SKIP_UPDATE_CHECK: "true", ...(given ? {} : { PULUMI_CONFIG_PASSPHRASE: "" }) };
}

import { homedir } from "node:os";
import { delimiter, dirname, join } from "node:path";
import { ExecaError, execa } from "execa";
import { OperationError } from "./errors.ts";
import type { Project } from "./project.ts";

/** The version of the Pulumi CLI that Sluice is built for. */
export const PULUMI_VERSION = "3.255.0";

/** One stack, driven through the CLI; every method throws an OperationError in all cases but success. */
export interface Engine {
  /** Updates without a preview. @returns the seconds that it took */
  up(message: string): Promise<number>;
  /** Sets one value by its path, as `pulumi config set --path` does. */
  setConfig(path: string, value: string): Promise<void>;
  /** Makes the stack. */
  create(): Promise<void>;
}

/** Where the CLI of this version is kept; `npx pulumi` looks there too. */
export function pulumiRoot(): string {
  return join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "versions", PULUMI_VERSION);
}

/** The engine of a stack. Runs the CLI itself, because a rollback waits for it: see docs/decisions/0006. */
export function engineOf(project: Project, stage: string): Engine {
  const bin = join(pulumiRoot(), "bin");
  const run = async (args: readonly string[]): Promise<void> => {
    try {
      await execa(join(bin, "pulumi"), [...args, "--non-interactive", "--color", "never"], {
        cwd: project.root,
        env: { ...engineEnvironment(), PATH: [dirname(process.execPath), bin, process.env["PATH"] ?? ""].join(delimiter) },
        stdin: "ignore",
        all: true,
      });
    } catch (error) {
      if (error instanceof ExecaError) throw explain(`${String(error.all)}\n${error.originalMessage}`, stage);
      throw error;
    }
  };
  return {
    async up(message) {
      const started = performance.now();
      await run(["up", "--yes", "--skip-preview", "--suppress-outputs", "--stack", stage, "--message", message]);
      return (performance.now() - started) / 1000;
    },
    setConfig: (path, value) => run(["config", "set", "--stack", stage, "--path", path, value]),
    create: () => run(["stack", "init", stage]),
  };
}

/** A stack whose secrets have no passphrase set takes the empty one, as the committed stacks do. */
export function engineEnvironment(): Record<string, string> {
  const given = process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined;
  return { PULUMI_SKIP_UPDATE_CHECK: "true", ...(given ? {} : { PULUMI_CONFIG_PASSPHRASE: "" }) };
}

/** Reads the engine's text and says what kind of end it was, with the way out. */
export function explain(text: string, stage: string): OperationError {
  const own = ownWords(text);
  if (own !== null) return new OperationError(own.startsWith("The gates") ? "refused" : "config", own);
  if (text.includes("currently locked")) {
    return new OperationError(
      "busy",
      `The stack ${stage} is locked by another update. Wait for it; if it was killed: pulumi cancel --stack ${stage}, then try again.`,
    );
  }
  if (text.includes("no stack named")) return new OperationError("missing", `There is no stack ${stage} yet. First: pulumi stack init ${stage}`);
  if (text.includes("incorrect passphrase") || text.includes("passphrase must be set")) {
    return new OperationError(
      "config",
      `The passphrase of ${stage} is another. Set PULUMI_CONFIG_PASSPHRASE, or PULUMI_CONFIG_PASSPHRASE_FILE, to the one that its secrets were made with.`,
    );
  }
  if (text.includes("ENOENT") && text.includes("pulumi")) return new OperationError("missing", "The Pulumi CLI is not there. First: npm run setup");
  if (/could not deserialize|unexpected end of JSON|invalid character|failed to load checkpoint/.test(text)) {
    return new OperationError(
      "engine",
      `The state of ${stage} cannot be read: ${lastError(text)}\nThe state before the last update is beside it, with the ending .bak; docs/state.md says how to put it back.`,
    );
  }
  return new OperationError("engine", lastError(text));
}

/** What the program itself said, out of the engine's report. */
function ownWords(text: string): string | null {
  const lines = text.split("\n");
  const first = lines.findIndex((line) => /^\s*error: (The config cannot be used|The gates refuse)/.test(line));
  if (first < 0) return null;
  const indent = /^\s*/.exec(lines[first] ?? "")?.[0] ?? "";
  const body: string[] = [];
  for (const line of lines.slice(first)) {
    if (line.trim() !== "" && !line.startsWith(indent)) break;
    if (/^(Resources|Outputs|Duration):/.test(line.trim())) break;
    body.push(line.slice(indent.length));
  }
  return body
    .join("\n")
    .replace(/^error: /, "")
    .trim();
}

function lastError(text: string): string {
  const errors = text.split("\n").filter((line) => /\berror: /.test(line) && !line.includes("update failed"));
  return (errors.at(-1) ?? text).trim();
}

import { homedir } from "node:os";
import { join } from "node:path";
import type { Stack } from "@pulumi/pulumi/automation/index.js";
import { OperationError } from "./errors.ts";
import type { Project } from "./project.ts";

/** The version of the Pulumi CLI that Sluice is built for. */
export const PULUMI_VERSION = "3.255.0";

export interface UpdateSummary {
  /** Resources by what was done to them: `same`, `update`, `create`, `delete`, `replace`. */
  readonly changes: Readonly<Record<string, number>>;
  readonly seconds: number;
}

/** One stack, driven through the Automation API. */
export interface Engine {
  /** @throws OperationError in all cases but success */
  up(options: { readonly message: string; readonly onOutput?: (text: string) => void }): Promise<UpdateSummary>;
  /** Sets one value by its path, as `pulumi config set --path` does. */
  setConfig(path: string, value: string): Promise<void>;
  preview(): Promise<string>;
  destroy(): Promise<void>;
}

/** Where the CLI of this version is kept; `npx pulumi` looks there too. */
export function pulumiRoot(): string {
  return join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "versions", PULUMI_VERSION);
}

/** Opens a stack that exists. @throws OperationError when it does not, or the CLI is missing */
export async function openEngine(project: Project, stage: string, mode: "select" | "create" = "select"): Promise<Engine> {
  const automation = await import("@pulumi/pulumi/automation/index.js");
  try {
    const pulumiCommand = await automation.PulumiCommand.get({ root: pulumiRoot(), skipVersionCheck: true });
    const options = { workDir: project.root, pulumiCommand, envVars: engineEnvironment() };
    const args = { stackName: stage, workDir: project.root };
    const stack =
      mode === "create" ? await automation.LocalWorkspace.createOrSelectStack(args, options) : await automation.LocalWorkspace.selectStack(args, options);
    return engineOf(stack, stage);
  } catch (error) {
    throw explain(error, stage);
  }
}

/** A stack whose secrets have no passphrase set takes the empty one, as the committed stacks do. */
export function engineEnvironment(): Record<string, string> {
  const given = process.env["PULUMI_CONFIG_PASSPHRASE"] !== undefined || process.env["PULUMI_CONFIG_PASSPHRASE_FILE"] !== undefined;
  return { PULUMI_SKIP_UPDATE_CHECK: "true", ...(given ? {} : { PULUMI_CONFIG_PASSPHRASE: "" }) };
}

function engineOf(stack: Stack, stage: string): Engine {
  return {
    async up({ message, onOutput }) {
      const started = performance.now();
      const result = await stack
        .up({ message, color: "never", suppressOutputs: true, ...(onOutput === undefined ? {} : { onOutput }) })
        .catch((error: unknown) => {
          throw explain(error, stage);
        });
      return { changes: result.summary.resourceChanges ?? {}, seconds: (performance.now() - started) / 1000 };
    },
    async setConfig(path, value) {
      await stack.setConfig(path, { value }, true).catch((error: unknown) => {
        throw explain(error, stage);
      });
    },
    async preview() {
      const result = await stack.preview({ color: "never", diff: true, suppressOutputs: true }).catch((error: unknown) => {
        throw explain(error, stage);
      });
      return result.stdout;
    },
    async destroy() {
      await stack.destroy({ color: "never" }).catch((error: unknown) => {
        throw explain(error, stage);
      });
    },
  };
}

/** Reads the engine's text and says what kind of end it was, with the way out. */
export function explain(error: unknown, stage: string): OperationError {
  const text = error instanceof Error ? error.message : String(error);
  const own = ownWords(text);
  if (own !== null) return new OperationError(own.startsWith("The order") ? "refused" : "config", own);
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
  const first = lines.findIndex((line) => /^\s*error: (The config cannot be used|The order of stages refuses)/.test(line));
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

import { mkdir, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { parseDocument } from "yaml";
import { inTurn } from "../files/in-turn.ts";
import { writeAtomically } from "../files/write-atomically.ts";
import { canonicalJson } from "../plan/canonical.ts";
import { OperationError } from "./errors.ts";
import { type Project, readStackFile, type StackFile } from "./project-file.ts";

type Config = Readonly<Record<string, unknown>>;

/**
 * Gives the text of a stack file with this config instead of its own. Comments, order and entries that
 * are the same stay as they are.
 */
export function withConfig(text: string, config: Config): string {
  const document = parseDocument(text);
  const before: unknown = document.toJS();
  const current =
    typeof before === "object" && before !== null && "config" in before && typeof before.config === "object" && before.config !== null ? before.config : {};
  const entries = new Map<string, unknown>(Object.entries(current));
  for (const key of entries.keys()) {
    if (!(key in config)) document.deleteIn(["config", key]);
  }
  for (const [key, value] of Object.entries(config)) {
    if (!entries.has(key) || canonicalJson(entries.get(key)) !== canonicalJson(value)) document.setIn(["config", key], value);
  }
  return document.toString({ lineWidth: 0 });
}

/** An update's config without its catalogue, which stands in the project's file and not in the stage's. */
export function withoutCatalog(config: Config, project: string): Record<string, unknown> {
  return Object.fromEntries(Object.entries(config).filter(([key]) => key !== `${project}:catalog`));
}

/**
 * Changes a stage's config in its file, from what the file says at that moment, in turn with everyone else
 * who does.
 * @throws OperationError when the file cannot be read or written; it is as before then
 */
export async function editStackFile(project: Project, stage: string, edit: (config: Config, file: StackFile) => Config): Promise<void> {
  await inTurn(join(project.root, ".sluice", "locks", `${stage}.file`), async () => {
    const file = await readStackFile(project, stage);
    const text = withConfig(file.text, edit(file.config, file));
    if (text === file.text) return;
    await writeAtomically(file.path, text, 0o644).catch((error: unknown) => {
      throw new OperationError("engine", error instanceof Error ? error.message : String(error));
    });
  });
}

/**
 * Runs a task with a copy of a stack file that says something else. What is in the file beside, such as goals
 * that are not applied yet, is not applied by it and stays where it is.
 */
export async function withCopy<T>(project: Project, { stage, text }: StackFile, config: Config, task: (path: string) => Promise<T>): Promise<T> {
  const folder = join(project.root, ".sluice", "configs");
  const path = join(folder, `Pulumi.${stage}.${process.pid}.yaml`);
  await mkdir(folder, { recursive: true })
    .then(() => writeFile(path, withConfig(text, config)))
    .catch((error: unknown) => {
      throw new OperationError(
        "engine",
        `No copy of the config could be made: ${error instanceof Error ? error.message : String(error)}. Make room or permission, then run this again.`,
      );
    });
  try {
    return await task(path);
  } finally {
    await rm(path, { force: true });
  }
}

/**
 * Puts a new text into a stack file and runs what needs it; where that fails, the text before is put
 * back, unless someone else, such as a kill, has changed the file meanwhile.
 * @throws OperationError (`busy`) when the file is no longer as it was planned by; what the task throws
 */
export async function replacingStackFile<T>(project: Project, planned: StackFile, config: Config, task: () => Promise<T>): Promise<T> {
  const after = withConfig(planned.text, config);
  await editStackFile(project, planned.stage, (_now, { text, path }) => {
    if (text === planned.text) return config;
    throw new OperationError("busy", `${path} was changed while this was being planned; nothing was touched. Look at it, then run this again.`);
  });
  try {
    return await task();
  } catch (error) {
    await editStackFile(project, planned.stage, (now, { text }) => (text === after ? planned.config : now));
    throw error;
  }
}

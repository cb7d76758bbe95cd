import { readFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, resolve } from "node:path";
import { z } from "zod";
import { findRecord, type StageRecord } from "../plan/stage-record.ts";
import { OperationError } from "./errors.ts";
import type { Project } from "./project.ts";

/** One resource as a checkpoint has it. */
export interface ResourceState {
  readonly urn: string;
  readonly type: string;
  readonly inputs: unknown;
  readonly outputs: unknown;
  /** Reference of the provider, its URN and its ID; null where it has none. */
  readonly provider: string | null;
}

/** A stack's state after one update. */
export interface Checkpoint {
  readonly resources: readonly ResourceState[];
  /** The salt of the passphrase that secrets were encrypted with; null where another provider did. */
  readonly salt: string | null;
  /** What the stage is known to run; null when it was never deployed. */
  readonly record: StageRecord | null;
  /** URNs of operations that an update began and did not end. */
  readonly pending: readonly string[];
}

const checkpointFile = z.looseObject({
  checkpoint: z.looseObject({
    latest: z
      .looseObject({
        secrets_providers: z.looseObject({ state: z.looseObject({ salt: z.string().optional() }).nullish() }).nullish(),
        resources: z
          .array(
            z.looseObject({
              urn: z.string(),
              type: z.string(),
              inputs: z.unknown().optional(),
              outputs: z.unknown().optional(),
              provider: z.string().optional(),
            }),
          )
          .nullish(),
        pending_operations: z.array(z.looseObject({ resource: z.looseObject({ urn: z.string() }) })).nullish(),
      })
      .nullish(),
  }),
});

/** The folder in which a file backend keeps its state. @throws OperationError on any other backend */
export function stateFolder(project: Project): string {
  const url = project.backendUrl;
  if (url === null || !url.startsWith("file://")) {
    throw new OperationError(
      "missing",
      `The history of ${url ?? "this backend"} cannot be read: sluice reads the files of a file:// backend. Elsewhere: pulumi stack history, then restore Pulumi.<stage>.yaml from version control and run pulumi up; see docs/state.md.`,
    );
  }
  const [path = ""] = url.slice("file://".length).split("?");
  const from = path.startsWith("~") ? join(homedir(), path.slice(1)) : resolve(project.root, path);
  return join(from, ".pulumi");
}

/** @throws OperationError when the file is missing or no checkpoint */
export async function readCheckpoint(path: string): Promise<Checkpoint> {
  const text = await readFile(path, "utf8").catch(() => {
    throw new OperationError("missing", `There is no state at ${path}: it was never deployed, or is lost; docs/state.md says how to put an earlier one back.`);
  });
  const parsed = checkpointFile.safeParse(parseJson(path, text));
  if (!parsed.success) throw new OperationError("engine", `${path} is no checkpoint; docs/state.md says how to put an earlier one back.`);
  const { latest } = parsed.data.checkpoint;
  const resources = (latest?.resources ?? []).map(({ urn, type, inputs, outputs, provider }) => ({
    urn,
    type,
    inputs: inputs ?? {},
    outputs: outputs ?? {},
    provider: provider ?? null,
  }));
  return {
    resources,
    salt: latest?.secrets_providers?.state?.salt ?? null,
    record: recordIn(path, resources),
    pending: (latest?.pending_operations ?? []).map((operation) => operation.resource.urn),
  };
}

function recordIn(path: string, resources: readonly ResourceState[]): StageRecord | null {
  try {
    return findRecord(resources.map(({ urn, outputs }) => [urn, outputs]));
  } catch (error) {
    const why = error instanceof Error ? error.message : String(error);
    throw new OperationError("engine", `${path} cannot be used: ${why}; docs/state.md says how to put an earlier state back.`);
  }
}

/** The state of a stack as it is now. */
export async function readCurrentCheckpoint(project: Project, stage: string): Promise<Checkpoint> {
  return readCheckpoint(join(stateFolder(project), "stacks", project.name, `${stage}.json`));
}

/** The record of a stage; null where it was never deployed. */
export async function readRecordOrNull(project: Project, stage: string): Promise<StageRecord | null> {
  try {
    return (await readCurrentCheckpoint(project, stage)).record;
  } catch (error) {
    if (error instanceof OperationError && error.failure === "missing") return null;
    throw error;
  }
}

/** @throws OperationError naming the file, and where to read on */
export function parseJson(path: string, text: string, wayOut = "docs/state.md says how to put an earlier state back."): unknown {
  try {
    return JSON.parse(text);
  } catch (error) {
    throw new OperationError("engine", `${path} is no JSON (${error instanceof Error ? error.message : String(error)}); ${wayOut}`);
  }
}

/** The logical name of a resource: the last part of its URN. */
export function resourceName(urn: string): string {
  return urn.split("::").at(-1) ?? urn;
}

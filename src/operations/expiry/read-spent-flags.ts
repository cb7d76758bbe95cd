import { OperationError } from "../errors.ts";
import { readHistory } from "../history.ts";
import { catalogOf, type Project, readProject, readStackFile, stagesOf } from "../project.ts";
import { findRemnants, type Remnants } from "./find-remnants.ts";
import { findSpentFlags, type Patience, type SpentFlag } from "./find-spent-flags.ts";
import { type Moment, timelineOf } from "./timeline.ts";

export interface SpentFlags {
  readonly flags: readonly (SpentFlag & { readonly remnants: Remnants })[];
  /** Stages whose history could not be asked, and why. */
  readonly notes: readonly string[];
}

/** Finds flags that have had their time, by the catalogue and every stage's history. @throws OperationError when the catalogue cannot be used */
export async function readSpentFlags(root: string, now: Date, patience: Patience): Promise<SpentFlags> {
  const project = await readProject(root);
  const catalog = catalogOf(project, {});
  const stages = await Promise.all(stagesOf(project).map(async (stage) => ({ stage, ...(await readTimeline(project, stage)) })));
  const timelines = Object.fromEntries(stages.map(({ stage, timeline }) => [stage, timeline]));
  const configs = Object.fromEntries(await Promise.all(stages.map(async ({ stage }) => [stage, await readOwnConfig(project, stage)] as const)));
  const spent = findSpentFlags(catalog, timelines, now, patience);
  return {
    flags: spent.map((entry) => ({ ...entry, remnants: findRemnants(catalog, configs, entry.flag) })),
    notes: [...new Set(stages.flatMap(({ note }) => (note === null ? [] : [note])))],
  };
}

/** A stage without a history has an empty timeline, and a note. */
async function readTimeline(project: Project, stage: string): Promise<{ readonly timeline: readonly Moment[]; readonly note: string | null }> {
  try {
    return { timeline: timelineOf(project, stage, await readHistory(project, stage)), note: null };
  } catch (error) {
    if (error instanceof OperationError && error.failure === "missing") return { timeline: [], note: error.message };
    throw error;
  }
}

/** A stage's own keys, also where they cannot be used: what is left of a flag is to be found there all the same. */
async function readOwnConfig(project: Project, stage: string): Promise<Record<string, unknown>> {
  const prefix = `${project.name}:`;
  const { config } = await readStackFile(project, stage);
  return Object.fromEntries(
    Object.entries(config)
      .filter(([key]) => key.startsWith(prefix))
      .map(([key, value]) => [key.slice(prefix.length), value]),
  );
}

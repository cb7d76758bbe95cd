import type { Entry } from "../audit/entry.ts";
import { whoMade } from "../audit/who-made.ts";
import type { Effect, Update } from "../history.ts";
import type { ExposuresOf } from "../status/last-changes.ts";
import type { FlagUpdate } from "./board.ts";
import { configDifferences } from "./config-differences.ts";
import { exposureAfter } from "./exposure-points.ts";

/** One stage's updates, told, with what the audit knows. */
export interface ToldStage {
  readonly stage: string;
  /** The oldest first. Told when it is asked for: it takes a plan of each update. */
  readonly tell: () => readonly Effect[];
  /** Whether there are older ones: the first is then only there to be compared with. */
  readonly isCut: boolean;
  readonly entries: readonly Entry[];
  readonly exposuresOf: ExposuresOf;
}

/**
 * The updates of a stage that did something to a flag, or say something else of it, the newest first.
 * @param project namespace of the keys of a config
 */
export function flagUpdates({ stage, tell, isCut, entries, exposuresOf }: ToldStage, project: string, flag: string): FlagUpdate[] {
  let before: Update | null = null;
  let exposure = 0;
  const updates: FlagUpdate[] = [];
  for (const [index, { update, effects: texts, flags }] of tell().entries()) {
    const differences = update.kind === "update" ? configDifferences(before?.config ?? {}, update.config, project, flag) : [];
    const after = exposureAfter(update, flag, exposuresOf);
    if ((flags.includes(flag) || differences.length > 0) && !(isCut && index === 0)) {
      const { number, kind, succeeded, startedAt, endedAt, message } = update;
      updates.push({
        stage,
        number,
        kind,
        succeeded,
        at: endedAt,
        took: endedAt.getTime() - startedAt.getTime(),
        by: whoMade(update, entries),
        message: message.split("\n")[0] ?? "",
        effects: texts,
        differences,
        from: after === null ? null : exposure,
        to: after,
      });
    }
    if (update.succeeded && update.kind === "update") before = update;
    exposure = after ?? exposure;
  }
  return updates.toReversed();
}

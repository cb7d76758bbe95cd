import { resolve } from "node:path";
import { standingKillsPath } from "../../files/stage-folder.ts";
import { readStandingKills } from "../../files/standing-kills.ts";
import { documentsFolder } from "../../model/settings.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { planRollout } from "../../plan/plan.ts";
import { lastApplied, readHistory } from "../history.ts";
import type { Sides } from "../metrics/source.ts";
import { modelOf } from "../project.ts";
import { type Checkpoint, readCurrentCheckpoint } from "../state-files.ts";
import type { Promotion } from "./plan-promotion.ts";
import { sidesOf } from "./sides.ts";

/**
 * Follows what a stage runs while a step is watched: the sides to compare, anew when another flag changes;
 * or why the step is not the promotion's any more.
 */
export function followSides({ project, stage, flag, model }: Promotion, exposure: number): () => Promise<Sides | { readonly interrupted: string }> {
  const kills = standingKillsPath(resolve(project.root, documentsFolder(model.settings)));
  let known: { readonly record: string; readonly sides: Sides } | null = null;
  return async () => {
    const standing = await readStandingKills(kills).catch(() => []);
    if (standing.some(({ flags }) => flags.includes(flag))) return { interrupted: `${flag} was killed meanwhile` };
    const checkpoint = await readOrNull(() => readCurrentCheckpoint(project, stage));
    // The engine may be writing the state just now: what was known holds until it can be read.
    if (checkpoint === null && known !== null) return known.sides;
    const record = checkpoint?.record ?? null;
    const now = record?.exposures[flag];
    if (checkpoint !== null && now !== exposure) return { interrupted: `someone else has brought ${flag} to ${now ?? 0} per cent meanwhile` };
    const text = canonicalJson(record);
    if (known?.record !== text) {
      const last = lastApplied(await readHistory(project, stage));
      const { catalog, settings } = last === undefined ? model : modelOf(project, stage, last.config);
      known = { record: text, sides: sidesOf(planRollout(catalog, settings), flag) };
    }
    return known.sides;
  };
}

async function readOrNull(read: () => Promise<Checkpoint>): Promise<Checkpoint | null> {
  try {
    return await read();
  } catch {
    return null;
  }
}

import { canonicalJson } from "../../plan/canonical.ts";
import { planRollout } from "../../plan/plan.ts";
import { servicesOfVariants } from "../../traffic/metrics/services-of-variant.ts";
import { sidesOf } from "../../traffic/metrics/sides.ts";
import type { Sides } from "../../traffic/metrics/source.ts";
import { siteOf } from "../find-site.ts";
import { lastApplied, readHistory } from "../history.ts";
import { modelOf } from "../project.ts";
import { type Checkpoint, readCurrentCheckpoint } from "../state-files.ts";
import type { Promotion } from "./plan-promotion.ts";

/**
 * Follows what a stage runs while a step is watched: the sides to compare, anew when another flag changes;
 * or why the step is not the promotion's any more.
 */
export function followSides({ project, stage, flag, model }: Promotion, exposure: number): () => Promise<Sides | { readonly interrupted: string }> {
  let known: { readonly record: string; readonly sides: Sides } | null = null;
  return async () => {
    const { standingKills } = await siteOf(project, stage, model.settings.target);
    const standing = await standingKills.read().catch(() => []);
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
      const plan = planRollout(catalog, settings);
      known = { record: text, sides: sidesOf(plan, flag, servicesOfVariants(plan, settings.target)) };
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

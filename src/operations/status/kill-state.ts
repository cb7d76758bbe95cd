import type { Model } from "../../config/parse.ts";
import type { StandingKill } from "../../files/standing-kills.ts";
import type { Catalog } from "../../model/catalog.ts";
import { effectiveExposures } from "../../model/exposure.ts";
import { routeSubject } from "../../model/kills.ts";
import type { StageSettings } from "../../model/settings.ts";

/** What keeps a flag off: the config that runs, or a kill that no update has taken up yet. */
export interface KillState {
  readonly by: "config" | "standing";
  /** What was killed: the flag itself, or one that it requires. */
  readonly subject: string;
}

/** @param applied what was last deployed; null where that is not known */
export function killStateOf(flag: string, applied: Model | null, standing: readonly StandingKill[]): KillState | null {
  const subject = applied === null ? null : killedSubject(applied.catalog, applied.settings, flag);
  if (subject !== null) return { by: "config", subject };
  const kill = standing.find(({ flags }) => flags.includes(flag));
  return kill === undefined ? null : { by: "standing", subject: kill.subject };
}

/** The flag whose kill keeps a flag off in these settings: itself, or one that it requires; null where none does. */
export function killedSubject(catalog: Catalog, settings: StageSettings, flag: string): string | null {
  if (effectiveExposures(catalog, settings).get(flag)?.killed !== true) return null;
  if (settings.kill[flag] === true) return flag;
  return (catalog.flags[flag]?.requires ?? []).map((other) => killedSubject(catalog, settings, other)).find((subject) => subject !== null) ?? null;
}

/** The gated routes of a flag that kills take away, sorted. */
export function routesTakenFrom(flag: string, applied: Model | null, standing: readonly StandingKill[]): string[] {
  const kill = applied?.settings.kill[flag];
  const configured = kill === undefined || kill === true ? [] : kill;
  const prefix = routeSubject(flag, "");
  const taken = standing.flatMap(({ routes }) => routes).filter((route) => route.startsWith(prefix));
  return [...new Set([...configured, ...taken.map((route) => route.slice(prefix.length))])].sort();
}

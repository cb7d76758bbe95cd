import type { Catalog } from "../../model/catalog.ts";
import { heldSince, type Moment } from "./timeline.ts";

/** Why a flag is to be looked at or removed. */
export type Reason =
  /** Its date has passed. */
  | { readonly kind: "expired"; readonly on: string }
  /** Its date is near. */
  | { readonly kind: "expires"; readonly on: string; readonly days: number }
  /** On for everyone in every stage. */
  | { readonly kind: "everywhere"; readonly since: Date }
  /** Never above 0 in any stage, nor on for testers, since it first came into a stage's catalogue. */
  | { readonly kind: "never"; readonly since: Date }
  | { readonly kind: "killed"; readonly stage: string; readonly since: Date };

export interface SpentFlag {
  readonly flag: string;
  readonly reasons: readonly Reason[];
}

/** What is near and what is long, in milliseconds. */
export interface Patience {
  /** Before its date that a flag is named. */
  readonly within: number;
  /** That a flag has been fully on everywhere, unused or killed before it is named. */
  readonly long: number;
}

const DAY = 86_400_000;

/**
 * Finds flags that have had their time, by name.
 * @param timelines by stage, for every stage of the catalogue; empty for one that was never deployed
 */
export function findSpentFlags(catalog: Catalog, timelines: Readonly<Record<string, readonly Moment[]>>, now: Date, patience: Patience): SpentFlag[] {
  return Object.entries(catalog.flags)
    .map(([flag, { expires }]) => ({
      flag,
      reasons: [...dateReasons(expires, now, patience.within), ...useReasons(flag, catalog.stages, timelines, now.getTime() - patience.long)],
    }))
    .filter(({ reasons }) => reasons.length > 0)
    .sort((a, b) => (a.flag < b.flag ? -1 : 1));
}

/** The last day of a flag ends at midnight in UTC, as for the order of stages. */
function dateReasons(on: string, now: Date, within: number): Reason[] {
  const left = Date.parse(`${on}T00:00:00Z`) + DAY - now.getTime();
  if (left <= 0) return [{ kind: "expired", on }];
  return left <= within ? [{ kind: "expires", on, days: Math.ceil(left / DAY) }] : [];
}

/** @param before milliseconds since 1970: what began later is not long yet */
function useReasons(flag: string, stages: readonly string[], timelines: Readonly<Record<string, readonly Moment[]>>, before: number): Reason[] {
  const isLong = (since: Date | null): since is Date => since !== null && since.getTime() <= before;
  const reasons: Reason[] = [];
  const fullyOn = stages.map((stage) => heldSince(timelines[stage] ?? [], flag, ({ exposure }) => exposure === 100));
  const everywhere = fullyOn.includes(null) ? null : latest(fullyOn);
  if (isLong(everywhere)) reasons.push({ kind: "everywhere", since: everywhere });
  const unused = unusedSince(flag, Object.values(timelines).flat());
  if (isLong(unused)) reasons.push({ kind: "never", since: unused });
  for (const stage of stages) {
    const killed = heldSince(timelines[stage] ?? [], flag, (exposure) => exposure.killed);
    if (isLong(killed)) reasons.push({ kind: "killed", stage, since: killed });
  }
  return reasons;
}

/** When a flag that no one ever had came into the first stage; null for one that was used, and for one that is in no stage yet. */
function unusedSince(flag: string, moments: readonly Moment[]): Date | null {
  const known = moments.filter(({ exposures }) => exposures.has(flag));
  const used = known.some(({ exposures }) => (exposures.get(flag)?.exposure ?? 0) > 0 || exposures.get(flag)?.testers === true);
  return used ? null : earliest(known.map(({ at }) => at));
}

function latest(dates: readonly (Date | null)[]): Date | null {
  return dates.reduce<Date | null>((last, date) => (last === null || (date !== null && date > last) ? date : last), null);
}

function earliest(dates: readonly Date[]): Date | null {
  return dates.reduce<Date | null>((first, date) => (first === null || date < first ? date : first), null);
}

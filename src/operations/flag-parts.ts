import { canonicalJson } from "../plan/canonical.ts";
import { OperationError } from "./errors.ts";
import type { Update } from "./history.ts";
import { type Selector, selectUpdate } from "./rollback/select-update.ts";

type Config = Readonly<Record<string, unknown>>;

/** The keys of a stage by which one flag is raised and lowered. A kill is none: only a revival ends it. */
const BY_FLAG = ["flags", "overrides"] as const;

/** What a config says of one flag: its setting and its override. */
export function partsOf(config: Config, project: string, flag: string): Readonly<Record<(typeof BY_FLAG)[number], unknown>> {
  const part = (key: string): unknown => entryOf(config[`${project}:${key}`], flag) ?? null;
  return { flags: part("flags"), overrides: part("overrides") };
}

/** A config with what another one says of a flag; everything else stays. */
export function withFlagParts(config: Config, from: Config, project: string, flag: string): Record<string, unknown> {
  const parts = partsOf(from, project, flag);
  const result: Record<string, unknown> = { ...config };
  for (const key of BY_FLAG) {
    const fullKey = `${project}:${key}`;
    const others = Object.fromEntries(Object.entries(entriesOf(config[fullKey])).filter(([other]) => other !== flag));
    const entries = parts[key] === null ? others : { ...others, [flag]: parts[key] };
    if (Object.keys(entries).length > 0 || fullKey in config) result[fullKey] = entries;
  }
  return result;
}

/**
 * Picks the update whose word on a flag is to be restored: without a choice, the newest one that says
 * something else of it than what runs now; after a rollback of the flag it goes on backwards.
 * @throws OperationError when there is none
 */
export function selectForFlag(history: readonly Update[], selector: Selector, project: string, flag: string): Update {
  if (selector.kind !== "previous") return selectUpdate(history, selector);
  const said = (update: Update): string => canonicalJson(partsOf(update.config, project, flag));
  const possible = history.filter((update) => update.succeeded && update.kind === "update");
  let position = possible.at(-1);
  for (let aim = position && takenBackTo(possible, position, flag, said); aim !== undefined; aim = takenBackTo(possible, aim, flag, said)) position = aim;
  const limit = position?.number ?? 0;
  const now = position === undefined ? "" : said(position);
  const found = possible.findLast((update) => update.number < limit && said(update) !== now);
  if (found === undefined) throw new OperationError("missing", `There is no earlier word on ${flag} to go back to: every update before said the same of it.`);
  return found;
}

/** The update that the newest rollback went back to, where nothing else was said of the flag since. */
function takenBackTo(updates: readonly Update[], from: Update, flag: string, said: (update: Update) => string): Update | undefined {
  const pattern = new RegExp(`^rollback (?:of ${flag} )?to update (\\d+)$`);
  const rollback = updates.findLast((update) => update.number <= from.number && pattern.test(update.message));
  if (rollback === undefined || said(rollback) !== said(from)) return undefined;
  const number = Number(pattern.exec(rollback.message)?.[1]);
  return updates.find((update) => update.number === number && number < from.number);
}

/** What a record has under a name; undefined where it is none, or has nothing. */
export function entryOf(value: unknown, name: string): unknown {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.getOwnPropertyDescriptor(value, name)?.value : undefined;
}

function entriesOf(value: unknown): Record<string, unknown> {
  return typeof value === "object" && value !== null && !Array.isArray(value) ? Object.fromEntries(Object.entries(value)) : {};
}

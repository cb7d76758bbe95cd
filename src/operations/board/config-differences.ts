import { canonicalJson } from "../../plan/canonical.ts";
import { entryOf } from "../flag-parts.ts";
import type { Difference } from "./board.ts";

type Config = Readonly<Record<string, unknown>>;

/** The keys of a stage that say something of single flags; none of them holds a secret. */
const BY_FLAG = ["flags", "kill", "overrides", "approvals"] as const;

/** What two configs say otherwise of one flag. @param project namespace of the keys */
export function configDifferences(before: Config, after: Config, project: string, flag: string): Difference[] {
  return BY_FLAG.flatMap((key): Difference[] => {
    const [left, right] = [before, after].map((config) => said(config[`${project}:${key}`], flag));
    return left === right ? [] : [{ path: `${key}.${flag}`, before: left ?? null, after: right ?? null }];
  });
}

function said(entries: unknown, flag: string): string | null {
  const value = entryOf(entries, flag);
  return value === undefined ? null : canonicalJson(value);
}

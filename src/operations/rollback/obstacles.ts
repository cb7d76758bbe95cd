import { secretPaths } from "../../config/secret-rules.ts";
import type { Catalog } from "../../model/catalog.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { deployedCatalog } from "../../plan/deployed-catalog.ts";

/** Something that keeps an earlier state from being restored. */
export interface Obstacle {
  readonly kind: "catalog-changed" | "own-file-changed" | "secret-key-changed" | "locked" | "kill-stands";
  readonly text: string;
}

export interface RollbackFacts {
  readonly stage: string;
  readonly catalogNow: Catalog;
  readonly catalogThen: Catalog;
  /** By key of the config, the digest of the file that its value stands in. */
  readonly ownFilesNow: Readonly<Record<string, string>>;
  readonly ownFilesThen: Readonly<Record<string, string>>;
  readonly configThen: Readonly<Record<string, unknown>>;
  readonly saltNow: string | null;
  /** The salt of the passphrase of then; null where another provider encrypted. */
  readonly saltThen: string | null;
  /** Who holds the stack and is alive; empty when no one does. */
  readonly lockedBy: readonly string[];
  /** Subjects of kills that no update has taken up, and that what is restored would forget. */
  readonly killsForgotten: readonly string[];
}

/** Everything that cannot be restored, found before anything is touched. */
export function findObstacles(facts: RollbackFacts): Obstacle[] {
  const obstacles: Obstacle[] = [];
  const changed = changedParts(facts.catalogThen, facts.catalogNow);
  if (changed.length > 0) {
    obstacles.push({
      kind: "catalog-changed",
      text: `the catalogue in Pulumi.yaml has changed since: ${changed.join(", ")}. Put that version of Pulumi.yaml back from version control, or restore only the stage's settings with --settings-only`,
    });
  }
  for (const [key, digest] of Object.entries(facts.ownFilesThen)) {
    if (facts.ownFilesNow[key] === digest) continue;
    obstacles.push({
      kind: "own-file-changed",
      text: `the file that sluice:${key} names says something else than then. Put that version of it back from version control, or restore only the stage's settings with --settings-only`,
    });
  }
  if (facts.lockedBy.length > 0) {
    obstacles.push({
      kind: "locked",
      text: `the stack is locked by another update (${facts.lockedBy.join("; ")}). Wait for it; if it was killed: npx pulumi cancel --stack ${facts.stage}. To take a flag off at once all the same: npx sluice kill <FLAG> --stage ${facts.stage} --reason "why"`,
    });
  }
  for (const subject of facts.killsForgotten) {
    obstacles.push({
      kind: "kill-stands",
      text: `${subject} was killed, and no update has taken that up yet. First bring it along: npx sluice kill ${subject} --stage ${facts.stage} --reason "take it up"; or end it: npx sluice revive ${subject} --stage ${facts.stage} --reason "why"`,
    });
  }
  const secrets = facts.saltThen === facts.saltNow ? [] : secretPaths(facts.configThen);
  if (secrets.length > 0) {
    obstacles.push({
      kind: "secret-key-changed",
      text: `the secret ${secrets.join(", ")} was encrypted under another key than today's. Set it anew with pulumi config set --secret once the rest is restored, with --settings-only`,
    });
  }
  return obstacles;
}

/** Whether an obstacle is someone else's update; the others are about what is to be restored. */
export function goesAwayByWaiting(obstacle: Obstacle): boolean {
  return obstacle.kind === "locked";
}

/** Top-level parts of a catalogue, and single services and flags, that differ in what a stage runs. */
export function changedParts(before: Catalog, after: Catalog): string[] {
  if (before === after) return [];
  const [then, now] = [deployedCatalog(before), deployedCatalog(after)];
  const parts = (["stages", "steps", "cookie"] as const).filter((part) => canonicalJson(then[part]) !== canonicalJson(now[part]));
  return [...parts, ...changedEntries("services", then.services, now.services), ...changedEntries("flags", then.flags, now.flags)];
}

function changedEntries<T>(path: string, before: Readonly<Record<string, T>>, after: Readonly<Record<string, T>>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null)).map((name) => `${path}.${name}`);
}

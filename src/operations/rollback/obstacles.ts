import type { Catalog } from "../../model/catalog.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { type Checkpoint, resourceName } from "../state-files.ts";

/** Something that keeps an earlier state from being restored. */
export interface Obstacle {
  readonly kind: "catalog-changed" | "secret-key-changed" | "update-pending" | "locked";
  readonly text: string;
}

export interface RollbackFacts {
  readonly stage: string;
  readonly catalogNow: Catalog;
  readonly catalogThen: Catalog;
  readonly configThen: Readonly<Record<string, unknown>>;
  readonly saltNow: string | null;
  readonly then: Checkpoint;
  readonly now: Checkpoint;
  readonly locked: boolean;
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
  if (facts.locked) {
    obstacles.push({ kind: "locked", text: `the stack is locked by another update. Wait for it; if it was killed: pulumi cancel --stack ${facts.stage}` });
  } else if (facts.now.pending.length > 0) {
    obstacles.push({
      kind: "update-pending",
      text: `an update was killed and left ${facts.now.pending.length} operations pending: ${facts.now.pending.map(resourceName).join(", ")}. First: pulumi refresh --yes --clear-pending-creates --stack ${facts.stage}`,
    });
  }
  const secrets = secretPaths(facts.configThen);
  if (secrets.length > 0 && facts.then.salt !== facts.saltNow) {
    obstacles.push({
      kind: "secret-key-changed",
      text: `the secret ${secrets.join(", ")} was encrypted under another key than today's. Set it anew with pulumi config set --secret once the rest is restored, with --settings-only`,
    });
  }
  return obstacles;
}

/** Whether an obstacle is someone else's update; the others are about what is to be restored. */
export function goesAwayByWaiting(obstacle: Obstacle): boolean {
  return obstacle.kind === "locked" || obstacle.kind === "update-pending";
}

/** Top-level parts of a catalogue, and single services and flags, that differ. */
function changedParts(before: Catalog, after: Catalog): string[] {
  const parts: string[] = [];
  if (canonicalJson(before.stages) !== canonicalJson(after.stages)) parts.push("stages");
  if (canonicalJson(before.steps) !== canonicalJson(after.steps)) parts.push("steps");
  if (canonicalJson(before.cookie) !== canonicalJson(after.cookie)) parts.push("cookie");
  parts.push(...changedEntries("services", before.services, after.services), ...changedEntries("flags", before.flags, after.flags));
  return parts;
}

function changedEntries<T>(path: string, before: Readonly<Record<string, T>>, after: Readonly<Record<string, T>>): string[] {
  const names = [...new Set([...Object.keys(before), ...Object.keys(after)])].sort();
  return names.filter((name) => canonicalJson(before[name] ?? null) !== canonicalJson(after[name] ?? null)).map((name) => `${path}.${name}`);
}

/** Paths of the values that are secrets. */
export function secretPaths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  if ("secure" in value) return [path];
  return Object.entries(value).flatMap(([key, inner]) => secretPaths(inner, path === "" ? key : `${path}.${key}`));
}

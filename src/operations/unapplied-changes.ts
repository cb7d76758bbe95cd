import { canonicalJson } from "../plan/canonical.ts";
import type { Update } from "./history.ts";
import { catalogOf, type Project, type StackFile } from "./project.ts";
import { changedParts } from "./rollback/obstacles.ts";

/**
 * Where the files of a stage say something else than what was last applied, such as `Pulumi.dev.yaml: sluice:kill`.
 * @param but keys of the stage, without their namespace, that are not looked at
 */
export function unappliedChanges(project: Project, { stage, config }: StackFile, applied: Update, but: readonly string[] = []): string[] {
  const left = ["catalog", ...but].map((key) => `${project.name}:${key}`);
  const keys = [...new Set([...Object.keys(config), ...Object.keys(applied.config)])].filter((key) => !left.includes(key)).sort();
  const changed = keys.filter((key) => canonicalJson(config[key] ?? null) !== canonicalJson(applied.config[key] ?? null));
  const catalog = changedParts(catalogOf(project, applied.config), catalogOf(project, {}));
  return [...changed.map((key) => `Pulumi.${stage}.yaml: ${key}`), ...catalog.map((part) => `Pulumi.yaml: ${part}`)];
}

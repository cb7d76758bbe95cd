import type { Catalog } from "../../model/catalog.ts";
import { type StageSettings, settingOf } from "../../model/settings.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { changedParts } from "../rollback/obstacles.ts";

/** A stage as its files say, and as it was last deployed. */
export interface StageFacts {
  readonly settings: StageSettings;
  /** The catalogue of the last update; null where nothing is deployed, or where it cannot be known. */
  readonly deployedCatalog: Catalog | null;
}

/** Something other than exposure in which two stages differ. */
export interface Difference {
  /** A config path without the namespace, such as `local.port`; `catalog.…` for what was last deployed. */
  readonly path: string;
  /** What each stage has there, in words. */
  readonly left: string;
  readonly right: string;
  /** Why it is meant so, as declared under `differs`; null where it is not. */
  readonly reason: string | null;
}

/**
 * Finds where two stages differ in anything but exposure. A path that either stage declares under
 * `differs` covers what is below it.
 * @param catalog today's, of Pulumi.yaml
 */
export function findDifferences(catalog: Catalog, left: StageFacts, right: StageFacts): Difference[] {
  const flags = Object.keys(catalog.flags).sort();
  const [leftValues, rightValues] = [comparedValues(flags, left.settings), comparedValues(flags, right.settings)];
  const paths = [...new Set([...leftValues.keys(), ...rightValues.keys()])].sort();
  const found = paths
    .filter((path) => leftValues.get(path) !== rightValues.get(path))
    .map((path) => ({ path, left: leftValues.get(path) ?? "nothing", right: rightValues.get(path) ?? "nothing" }));
  return [...found, ...catalogDifferences(catalog, left, right)].map((difference) => ({
    ...difference,
    reason: reasonFor(difference.path, left.settings.differs) ?? reasonFor(difference.path, right.settings.differs),
  }));
}

/** The reason declared for a path, or for one above it. */
function reasonFor(path: string, differs: Readonly<Record<string, string>>): string | null {
  const declared = Object.entries(differs).find(([above]) => path === above || path.startsWith(`${above}.`));
  return declared === undefined ? null : declared[1];
}

/** Everything of a stage that is to be the same elsewhere, by path, in words. */
function comparedValues(flags: readonly string[], settings: StageSettings): Map<string, string> {
  const { target, kill, overrides, approvals, prometheus, monitoring } = settings;
  const { kind, ...where } = target;
  const values: [string, unknown][] = [
    ["target", kind],
    ...below("kill", kill),
    ...below("overrides", overrides),
    ...below("approvals", approvals),
    ...flags.flatMap((flag): [string, unknown][] => {
      const { testers, settled } = settingOf(settings, flag);
      return [
        [`flags.${flag}.testers`, testers],
        [`flags.${flag}.settled`, settled],
      ];
    }),
    ["prometheus", prometheus],
    ...(monitoring === null ? [["monitoring", monitoring] satisfies [string, unknown]] : below("monitoring", { ...monitoring })),
    ["testerSecret", settings.hasTesterSecret ? "set" : "not set"],
    ["webhook", settings.hasWebhook ? "set" : "not set"],
    ...leaves(kind, where),
  ];
  return new Map(values.map(([path, value]) => [path, inWords(value)]));
}

function below(path: string, record: Readonly<Record<string, unknown>>): [string, unknown][] {
  return Object.entries(record).map(([key, value]) => [`${path}.${key}`, value]);
}

/** Every value below a path that is no record itself. */
function leaves(path: string, value: unknown): [string, unknown][] {
  if (typeof value !== "object" || value === null || Array.isArray(value)) return [[path, value]];
  return Object.entries(value).flatMap(([key, inner]: [string, unknown]) => leaves(`${path}.${key}`, inner));
}

function inWords(value: unknown): string {
  if (value === null) return "nothing";
  return typeof value === "string" ? value : canonicalJson(value);
}

/** Parts of the catalogue in which those that the two stages were last deployed with differ. */
function catalogDifferences(today: Catalog, left: StageFacts, right: StageFacts): Omit<Difference, "reason">[] {
  if (left.deployedCatalog === null || right.deployedCatalog === null) return [];
  const changedSince = [changedParts(left.deployedCatalog, today), changedParts(right.deployedCatalog, today)] as const;
  const inWordsOf = (changed: readonly string[], part: string): string => `deployed ${changed.includes(part) ? "otherwise than" : "as"} in Pulumi.yaml`;
  return changedParts(left.deployedCatalog, right.deployedCatalog).map((part) => ({
    path: `catalog.${part}`,
    left: inWordsOf(changedSince[0], part),
    right: inWordsOf(changedSince[1], part),
  }));
}

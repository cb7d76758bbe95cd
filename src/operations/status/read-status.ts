import { FreezeFault, readGateFacts } from "../../config/read-gate-facts.ts";
import type { StandingKill } from "../../files/standing-kills.ts";
import type { Catalog, FlagDefinition } from "../../model/catalog.ts";
import { effectiveExposures } from "../../model/exposure.ts";
import { renderFaults } from "../../model/fault.ts";
import type { DriftedPart } from "../drift.ts";
import { OperationError } from "../errors.ts";
import type { LockHolder } from "../lock-holder.ts";
import { catalogOf, flagNamesOf, modelOrNull, type Project, readProject, stagesOf } from "../project.ts";
import { stateFolder } from "../state-files.ts";
import { type FlagStatus, flagStatuses } from "./flag-status.ts";
import { type ExposuresOf, lastChanges } from "./last-changes.ts";
import { type Gates, raisedByOneStep } from "./next-step.ts";
import { readStageFacts, type StageFacts, type StageFault } from "./stage-facts.ts";

export interface StageStatus {
  /** Null where the state cannot be read. */
  readonly deployed: boolean | null;
  /** By flag of the catalogue, and those that the stage still runs. */
  readonly flags: Readonly<Record<string, FlagStatus>>;
  /** What cannot be read or used. */
  readonly faults: readonly StageFault[];
  /** Why the audit may tell names wrongly; null where it holds. */
  readonly auditWarning: string | null;
  /** The newest update, where it failed after it had begun to change something. */
  readonly halfDone: number | null;
  readonly drift: readonly DriftedPart[];
  readonly locks: readonly LockHolder[];
  readonly standingKills: readonly StandingKill[];
  /** Null where it is not known where it would be. */
  readonly traefik: { readonly url: string; readonly reachable: boolean } | null;
}

/** Every flag in every stage, as deployed, and what may come next. */
export interface Status {
  readonly at: Date;
  /** Why the catalogue cannot be used; null where it can. */
  readonly catalogFault: string | null;
  readonly flags: readonly string[];
  /** What the catalogue says of them; a flag that only a stage still runs is absent. */
  readonly definitions: Readonly<Record<string, Pick<FlagDefinition, "description" | "owner" | "expires">>>;
  /** In the order of the catalogue. */
  readonly stages: Readonly<Record<string, StageStatus>>;
}

/** Reads the status of all stages at once, without the engine. @throws OperationError when the project or its backend cannot be read */
export async function readStatus(root: string, now: Date): Promise<Status> {
  const project = await readProject(root);
  stateFolder(project);
  const { catalog, fault: catalogFault } = readCatalog(project);
  const facts = await Promise.all(stagesOf(project).map((stage) => readStageFacts(project, stage, catalog !== null)));
  const flags = [...new Set([...flagNamesOf(project), ...facts.flatMap(({ record }) => Object.keys(record?.exposures ?? {}))])].sort();
  const stages = await Promise.all(
    facts.map(async (own, index): Promise<[string, StageStatus]> => {
      const { gates, fault } = await readGates(project, own, facts[index - 1] ?? null, catalogFault, now);
      const changes = lastChanges(own.history, flags, exposuresByConfig(project, own.stage));
      return [own.stage, stageStatus(own, flagStatuses(flags, catalog, own, gates, changes, now), fault)];
    }),
  );
  const definitions = Object.entries(catalog?.flags ?? {}).map(([flag, { description, owner, expires }]) => [flag, { description, owner, expires }] as const);
  return { at: now, catalogFault, flags, definitions: Object.fromEntries(definitions), stages: Object.fromEntries(stages) };
}

function stageStatus(facts: StageFacts, flags: Readonly<Record<string, FlagStatus>>, gateFault: StageFault | null): StageStatus {
  const { stateKnown, record, faults, auditWarning, drift, locks, standing, traefik, history } = facts;
  const last = history.findLast(({ kind }) => kind === "update" || kind === "destroy");
  return {
    deployed: stateKnown ? record !== null : null,
    flags,
    faults: gateFault === null ? faults : [...faults, gateFault],
    auditWarning,
    halfDone: last?.succeeded === false && last.changedResources ? last.number : null,
    drift,
    locks,
    standingKills: standing,
    traefik,
  };
}

function readCatalog(project: Project): { readonly catalog: Catalog | null; readonly fault: string | null } {
  try {
    return { catalog: catalogOf(project, {}), fault: null };
  } catch (error) {
    if (error instanceof OperationError) return { catalog: null, fault: error.message };
    throw error;
  }
}

/** Reads each config once: most updates of a long history have one that was there before. */
export function exposuresByConfig(project: Project, stage: string): ExposuresOf {
  const known = new Map<string, ReadonlyMap<string, number> | null>();
  return ({ config }) => {
    const key = JSON.stringify(config);
    const found = known.get(key);
    if (found !== undefined) return found;
    const model = modelOrNull(project, stage, config);
    const exposures = model === null ? null : new Map([...effectiveExposures(model.catalog, model.settings)].map(([flag, { exposure }]) => [flag, exposure]));
    known.set(key, exposures);
    return exposures;
  };
}

/** What the gates decide from when any flag of a stage goes one step further. */
async function readGates(
  project: Project,
  { stage, model, stateKnown, record }: StageFacts,
  before: StageFacts | null,
  catalogFault: string | null,
  now: Date,
): Promise<{ readonly gates: Gates; readonly fault: StageFault | null }> {
  const unknown = (reason: string, fault: StageFault | null = null) => ({ gates: { known: false as const, reason }, fault });
  if (catalogFault !== null) return unknown("the catalogue cannot be used");
  if (model === null) return unknown(`Pulumi.${stage}.yaml cannot be used`);
  if (!stateKnown) return unknown(`the state of ${stage} cannot be read`);
  if (before?.stateKnown === false) return unknown(`the state of ${before.stage} cannot be read`);
  const candidate = raisedByOneStep(model, record?.exposures ?? {});
  try {
    const facts = await readGateFacts(project.root, model.catalog, candidate, { current: record, previous: before?.record ?? null }, now);
    return { gates: { known: true, facts }, fault: null };
  } catch (error) {
    if (!(error instanceof FreezeFault)) throw error;
    return unknown("a freeze cannot be used", { failure: "config", text: renderFaults(`The freezes of ${stage} cannot be used`, error.faults) });
  }
}

import type { Catalog, FlagDefinition } from "../../model/catalog.ts";
import type { FactSample } from "../../monitoring/exposition.ts";
import type { FactName } from "../../monitoring/facts.ts";
import { ownerLabel } from "../../monitoring/owner.ts";
import type { Entry } from "../audit/entry.ts";
import { killStateOf } from "../status/kill-state.ts";
import { soakOf } from "../status/soak.ts";
import type { StageFacts } from "../status/stage-facts.ts";

/** What the facts of a stage are told from. */
export interface StageSource {
  readonly facts: StageFacts;
  /** The stage before it in the catalogue; null for the first. */
  readonly previous: StageFacts | null;
  /** Null where it cannot be used. */
  readonly catalog: Catalog | null;
  /** By stage, when a rollback was last rehearsed with success. */
  readonly drills: Readonly<Record<string, Date>>;
}

const DAY = 86_400_000;
/** Ends of operations after which something is not as it was. */
const DID_SOMETHING: readonly Entry["result"][] = ["done", "unproven", "breached", "rolled-back", "killed"];

/** The facts of a stage. What is not known is left out, so that no zero says that all is well. */
export function stageSamples(source: StageSource, now: Date): FactSample[] {
  const { facts, catalog } = source;
  const { stage, record, stateKnown, faults } = facts;
  const of = (fact: FactName, value: number | boolean | null): FactSample[] => (value === null ? [] : [sample(fact, { stage }, Number(value))]);
  const flags = [...new Set([...Object.keys(catalog?.flags ?? {}), ...Object.keys(record?.exposures ?? {})])].sort();
  const lastUpdate = facts.history.findLast(({ succeeded, kind }) => succeeded && (kind === "update" || kind === "destroy"));
  const newest = facts.history.findLast(({ kind }) => kind === "update" || kind === "destroy");
  const kills = facts.traefik === null || (faults.length > 0 && facts.standing.length === 0) ? null : facts.standing.length;
  return [
    ...of("read", seconds(now)),
    ...of("readable", stateKnown && faults.length === 0 && catalog !== null),
    ...of("deployed", stateKnown ? record !== null : null),
    // Beside a fault, an empty list may be one that could not be read.
    ...of("drifted", stateKnown && (faults.length === 0 || facts.drift.length > 0) ? facts.drift.length : null),
    ...of("standingKills", kills),
    ...of("halfDone", newest === undefined ? null : !newest.succeeded && newest.changedResources),
    ...of("traefik", facts.traefik === null ? null : facts.traefik.reachable),
    ...of("updates", facts.history.length === 0 ? null : facts.history.length),
    ...of("update", lastUpdate === undefined ? null : seconds(lastUpdate.endedAt)),
    ...operationSamples(stage, facts.entries),
    ...flags.flatMap((flag) => flagSamples(source, flag, now)),
  ];
}

/** What is told of a stage of which nothing can be read. */
export function unreadableSamples(stage: string, now: Date): FactSample[] {
  return [sample("read", { stage }, seconds(now)), sample("readable", { stage }, 0)];
}

function flagSamples(source: StageSource, flag: string, now: Date): FactSample[] {
  const { facts, catalog } = source;
  const { stage, record } = facts;
  const definition = catalog?.flags[flag];
  const of = (fact: FactName, value: number | boolean | null): FactSample[] => (value === null ? [] : [sample(fact, { stage, flag }, Number(value))]);
  const since = record?.since[flag];
  return [
    ...(definition === undefined ? [] : [sample("info", { stage, flag, owner: ownerLabel(definition.owner) }, 1)]),
    ...of("exposure", record === null ? null : (record.exposures[flag] ?? 0) / 100),
    ...of("since", since === undefined ? null : seconds(new Date(since))),
    ...of("killed", record === null ? null : killStateOf(flag, facts.applied, facts.standing) !== null),
    ...of("settled", record === null ? null : record.exposures[flag] === 100 && record.settled.includes(flag)),
    ...(definition === undefined ? [] : [...of("soak", soakLeft(source, flag, definition, now)), ...of("expiry", seconds(endOf(definition.expires)))]),
    ...of("drillDue", definition === undefined ? null : drillDue(source, flag, definition, now)),
  ];
}

function soakLeft({ facts }: StageSource, flag: string, definition: FlagDefinition, now: Date): number | null {
  const left = facts.record === null ? null : (soakOf(definition, facts.stage, flag, facts.record, now)?.left ?? null);
  return left === null ? null : left / 1000;
}

/** As the gate counts: a drill in this stage or in the one before, for a flag that may still be raised here. */
function drillDue({ facts, previous, drills }: StageSource, flag: string, definition: FlagDefinition, now: Date): number | null {
  if (definition.drill === null || previous === null || facts.record?.settled.includes(flag) === true) return null;
  const underWay = [facts, previous].some(({ record }) => (record?.exposures[flag] ?? 0) > 0);
  if (!underWay) return null;
  const last = [facts.stage, previous.stage].flatMap((stage) => drills[stage] ?? []).filter((at) => at <= now);
  const newest = Math.max(0, ...last.map((at) => at.getTime()));
  return newest === 0 ? 0 : (newest + definition.drill) / 1000;
}

/** The newest end of each operation on each flag, and on the whole stage. */
function operationSamples(stage: string, entries: readonly Entry[]): FactSample[] {
  const newest = new Map<string, FactSample>();
  for (const { operation, subject, at, result } of entries) {
    if (!DID_SOMETHING.includes(result)) continue;
    const [flag = ""] = (subject ?? "").split("/");
    const found = sample("operation", { stage, flag, operation }, seconds(new Date(at)));
    const key = `${flag} ${operation}`;
    if ((newest.get(key)?.value ?? 0) <= found.value) newest.set(key, found);
  }
  return [...newest.values()];
}

/** The last day of a flag ends at midnight in UTC. */
function endOf(day: string): Date {
  return new Date(Date.parse(`${day}T00:00:00Z`) + DAY);
}

function sample(fact: FactName, labels: Readonly<Record<string, string>>, value: number): FactSample {
  return { fact, labels, value };
}

function seconds(moment: Date): number {
  return moment.getTime() / 1000;
}

import type { Model } from "../../config/parse.ts";
import type { Catalog } from "../../model/catalog.ts";
import { type Exposure, effectiveExposures } from "../../model/exposure.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { type Who, whoMade } from "../audit/who-made.ts";
import { type FlagCell, flagCells } from "../config-matrix.ts";
import type { Update } from "../history.ts";
import { type KillState, killStateOf, routesTakenFrom } from "./kill-state.ts";
import { decideNextStep, type Gates, type NextStep } from "./next-step.ts";
import { type Soak, soakOf } from "./soak.ts";
import type { StageFacts } from "./stage-facts.ts";

/** A flag in one stage. */
export interface FlagStatus {
  /** Per cent of visitors as recorded; null where the stage is not deployed, or its state cannot be read. */
  readonly exposure: number | null;
  /** Since when, as ISO 8601; null where that is not known. */
  readonly since: string | null;
  /** Null where the config that runs is not known. */
  readonly testers: boolean | null;
  readonly settled: boolean;
  readonly kill: KillState | null;
  /** Gated routes that kills take away. */
  readonly routesTaken: readonly string[];
  /** The newest update that changed who sees it. */
  readonly change: { readonly update: number; readonly at: Date; readonly by: Who | null } | null;
  readonly soak: Soak | null;
  readonly next: NextStep;
  /** What the stack file says of it, where that is not what runs. */
  readonly pending: FlagCell | null;
}

const OFF_CELL: FlagCell = { exposure: 0, asked: 0, testers: false, settled: false, killed: false, routesTaken: [] };

/**
 * Gives the status of every flag in a stage.
 * @param catalog today's; null where it cannot be used
 * @param changes by flag, the newest update that changed who sees it
 */
export function flagStatuses(
  flags: readonly string[],
  catalog: Catalog | null,
  facts: StageFacts,
  gates: Gates,
  changes: ReadonlyMap<string, Update>,
  now: Date,
): Record<string, FlagStatus> {
  const { stage, record, applied, standing, model } = facts;
  const deployed = applied === null ? new Map<string, Exposure>() : effectiveExposures(applied.catalog, applied.settings);
  const pending = pendingCells(model, applied, record?.exposures ?? {});
  const statuses = flags.map((flag): [string, FlagStatus] => {
    const exposure = record === null ? null : (record.exposures[flag] ?? 0);
    const kill = killStateOf(flag, applied, standing);
    const definition = catalog?.flags[flag];
    const change = changes.get(flag);
    return [
      flag,
      {
        exposure,
        since: record?.since[flag] ?? null,
        testers: applied === null ? null : (deployed.get(flag)?.testers ?? false),
        settled: exposure === 100 && record?.settled.includes(flag) === true,
        kill,
        routesTaken: routesTakenFrom(flag, applied, standing),
        change: change === undefined ? null : { update: change.number, at: change.endedAt, by: whoMade(change, facts.entries) },
        soak: record === null || definition === undefined ? null : soakOf(definition, stage, flag, record, now),
        next: decideNextStep({ flag, exposure: exposure ?? 0, kill }, model, gates),
        pending: pending.get(flag) ?? null,
      },
    ];
  });
  return Object.fromEntries(statuses);
}

/** What a stack file has otherwise than what runs; of a config that is not known any more, as far as the record says. */
function pendingCells(model: Model | null, applied: Model | null, recorded: Readonly<Record<string, number>>): Map<string, FlagCell> {
  const running = applied === null ? null : flagCells(applied);
  const differing = Object.entries(model === null ? {} : flagCells(model)).filter(([flag, cell]) =>
    running === null ? cell.exposure !== (recorded[flag] ?? 0) : canonicalJson(cell) !== canonicalJson(running[flag] ?? OFF_CELL),
  );
  return new Map(differing);
}

import type { Catalog } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import type { StageSettings } from "../model/settings.ts";
import { raises } from "../plan/check-gates.ts";
import type { ActiveFreeze, GateFacts } from "../plan/gate.ts";
import { readActor } from "./read-actor.ts";
import { readDrills } from "./read-drills.ts";
import { readRehearsed } from "./read-rehearsal.ts";

/**
 * Gathers what the gates decide from, as far as a flag that would be raised asks for it: the rest costs
 * time in every update.
 * @throws FreezeFault when a freeze names a country or region that is not known
 */
export async function readGateFacts(
  root: string,
  catalog: Catalog,
  settings: StageSettings,
  records: Pick<GateFacts, "current" | "previous" | "previousFault">,
  now: Date,
): Promise<GateFacts> {
  const raised = raises(catalog, settings, records.current);
  const drilled = raised.some(({ definition }) => definition.drill !== null);
  return {
    ...records,
    now,
    freeze: raised.length > 0 ? await readFreeze(catalog, settings.stage, now) : null,
    drills: drilled ? await readDrills(root) : {},
    rehearsed: drilled ? await readRehearsed(root, settings.stage, now) : {},
    actor: raised.some(({ definition }) => definition.review) ? await readActor(root) : "",
  };
}

/** A freeze of which a fact cannot be found. */
export class FreezeFault extends Error {
  readonly faults: readonly Fault[];

  constructor(faults: readonly Fault[]) {
    super("a freeze cannot be used");
    this.faults = faults;
  }
}

/** The freeze of a stage. Zones and holidays are loaded only where the catalogue has freezes for it. */
async function readFreeze(catalog: Catalog, stage: string, now: Date): Promise<ActiveFreeze | null> {
  const freezes = catalog.freezes.filter(({ stages }) => stages.includes(stage));
  if (freezes.length === 0) return null;
  const { activeFreeze, freezeFaults } = await import("../plan/freeze.ts");
  const faults = freezeFaults(catalog.freezes);
  if (faults.length > 0) throw new FreezeFault(faults);
  return activeFreeze(freezes, stage, now);
}

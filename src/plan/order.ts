import type { Catalog } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import { type StageSettings, settingOf } from "../model/settings.ts";

/** Exposures by flag as a stage's outputs give them; null when the stage was never deployed. */
export type DeployedExposures = Readonly<Record<string, number>> | null;

export interface OrderFacts {
  /** What the settings of this stage were let pass for, in its last update. */
  readonly current: DeployedExposures;
  /** Who really has each flag in the stage before; null for the first stage too. */
  readonly previous: DeployedExposures;
  /** Today in UTC, YYYY-MM-DD. */
  readonly today: string;
}

/** A refusal of the order that a written reason has set aside. */
export interface Overridden {
  readonly flag: string;
  readonly reason: string;
  readonly refusal: string;
}

/**
 * Decides whether each flag may be exposed as its setting says: a raise needs the stage before to
 * have the flag fully on, and the flag not to have expired. Keeping or lowering is never refused.
 */
export function checkOrder(
  catalog: Catalog,
  settings: StageSettings,
  facts: OrderFacts,
): { readonly refusals: readonly Fault[]; readonly overridden: readonly Overridden[] } {
  const refusals: Fault[] = [];
  const overridden: Overridden[] = [];
  const previousStage = catalog.stages[catalog.stages.indexOf(settings.stage) - 1];
  for (const flag of Object.keys(catalog.flags).sort()) {
    const setting = settingOf(settings, flag);
    if (setting.exposure <= (facts.current?.[flag] ?? 0)) continue;
    const found: Fault[] = [];
    const expires = catalog.flags[flag]?.expires ?? "";
    if (facts.today > expires) found.push(expiryRefusal(flag, setting.exposure, expires));
    if (previousStage !== undefined && (facts.previous?.[flag] ?? 0) < 100) {
      found.push(orderRefusal(flag, setting.exposure, settings.stage, previousStage, facts.previous));
    }
    const reason = settings.overrides[flag];
    if (reason === undefined) refusals.push(...found);
    else overridden.push(...found.map((fault) => ({ flag, reason, refusal: fault.found })));
  }
  return { refusals, overridden };
}

function orderRefusal(flag: string, exposure: number, stage: string, previousStage: string, previous: DeployedExposures): Fault {
  const reached = previous === null ? `the stage ${previousStage} has not been deployed` : `${previousStage} has it at ${previous[flag] ?? 0} per cent`;
  return {
    path: `flags.${flag}`,
    found: `would go to ${exposure} per cent in ${stage}, but ${reached}`,
    allowed: `0, until ${previousStage} has it fully on`,
    wayOut: [
      `first: npx pulumi config set --stack ${previousStage} --path 'flags.${flag}' true && npx pulumi up --stack ${previousStage}`,
      `or give a reason: npx pulumi config set --stack ${stage} --path 'overrides.${flag}' "why"`,
    ].join("\n           "),
  };
}

function expiryRefusal(flag: string, exposure: number, expires: string): Fault {
  return {
    path: `flags.${flag}`,
    found: `would go to ${exposure} per cent, but the flag expired on ${expires}`,
    allowed: "keeping or lowering its exposure",
    wayOut: `move catalog.flags.${flag}.expires, or remove the flag`,
  };
}

/**
 * The stages whose outputs the order needs: none where no flag is exposed, so that a stage that is off
 * deploys without any other.
 */
export function neighbours(catalog: Catalog, settings: StageSettings): { readonly current: string | null; readonly previous: string | null } {
  if (Object.values(settings.flags).every((setting) => setting.exposure === 0)) return { current: null, previous: null };
  return { current: settings.stage, previous: catalog.stages[catalog.stages.indexOf(settings.stage) - 1] ?? null };
}

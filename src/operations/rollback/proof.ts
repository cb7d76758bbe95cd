import type { Model } from "../../config/parse.ts";
import { effectiveExposures } from "../../model/exposure.ts";
import { adminUrl, entryUrl } from "../../model/settings.ts";
import { planRollout } from "../../plan/plan.ts";
import { compareRouters } from "../compare-routers.ts";
import { probeRoutes, type RouteAnswer, runningRouters } from "../probe.ts";
import type { Checkpoint } from "../state-files.ts";
import { comparedResources, compareStates, type Mismatch } from "./compare-state.ts";

/** The evidence that a stage is in the state of an earlier update again. */
export interface Proof {
  /** Null where no earlier update had this config: settings on another catalogue, or one flag among later changes of others. */
  readonly state: { readonly resources: number; readonly mismatches: readonly Mismatch[] } | null;
  /** Flags of which the record of the stage says something else than the config that was restored. */
  readonly flagsAmiss: readonly string[];
  /** Null when no Traefik of the stage is running, so that no route could be asked. */
  readonly routes: {
    /** Routers that are there and should not be, or the other way round. */
    readonly routersAmiss: readonly string[];
    readonly answers: readonly RouteAnswer[];
  } | null;
}

/** Whether everything that could be looked at is as it was. */
export function isProven(proof: Proof): boolean {
  if ((proof.state !== null && proof.state.mismatches.length > 0) || proof.flagsAmiss.length > 0) return false;
  return proof.routes === null || (proof.routes.routersAmiss.length === 0 && proof.routes.answers.every((answer) => answer.state !== "wrong"));
}

/** Holds a stage against the update that it went back to: inputs in the state, routers in Traefik, answers to requests. */
export async function proveRollback(model: Model, then: Checkpoint | null, now: Checkpoint): Promise<Proof> {
  const { local } = model.settings;
  const state = then === null ? null : { resources: comparedResources(then), mismatches: compareStates(then, now) };
  const exposures = [...effectiveExposures(model.catalog, model.settings)];
  const flagsAmiss = exposures.filter(([flag, { exposure }]) => now.record?.exposures[flag] !== exposure).map(([flag]) => flag);
  const loaded = await runningRouters(adminUrl(local));
  if (loaded === null) return { state, flagsAmiss, routes: null };
  const { missing, tooMany } = compareRouters(then ?? now, loaded);
  const answers = await probeRoutes(planRollout(model.catalog, model.settings), entryUrl(local));
  // Names alone: a rule may hold a tester's secret.
  const routersAmiss = [...missing, ...tooMany].map((router) => router.split(" ").slice(0, 2).join(" -> "));
  return { state, flagsAmiss, routes: { routersAmiss, answers } };
}

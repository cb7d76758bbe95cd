import type { Model } from "../../config/parse.ts";
import { effectiveExposures } from "../../model/exposure.ts";
import { planRollout } from "../../plan/plan.ts";
import { siteOf } from "../find-site.ts";
import type { Project } from "../project-file.ts";
import type { Checkpoint } from "../state-files.ts";
import { comparedResources, compareStates, type Mismatch } from "./compare-state.ts";
import { lookAtRoutes, type RoutesSeen } from "./look-at-routes.ts";

/** The evidence that a stage is in the state of an earlier update again. */
export interface Proof {
  /** Null where no earlier update had this config: settings on another catalogue, or one flag among later changes of others. */
  readonly state: { readonly resources: number; readonly mismatches: readonly Mismatch[] } | null;
  /** Flags of which the record of the stage says something else than the config that was restored. */
  readonly flagsAmiss: readonly string[];
  /** Null when no Traefik of the stage is running, so that no route could be asked. */
  readonly routes: RoutesSeen | null;
}

/** Whether everything that could be looked at is as it was. */
export function isProven(proof: Proof): boolean {
  if ((proof.state !== null && proof.state.mismatches.length > 0) || proof.flagsAmiss.length > 0) return false;
  return proof.routes === null || (proof.routes.routersAmiss.length === 0 && proof.routes.answers.every((answer) => answer.state !== "wrong"));
}

/** Holds a stage against the update that it went back to: inputs in the state, routers in Traefik, answers to requests. */
export async function proveRollback(project: Project, model: Model, then: Checkpoint | null, now: Checkpoint): Promise<Proof> {
  const { stage, target } = model.settings;
  const state = then === null ? null : { resources: comparedResources(then), mismatches: compareStates(then, now) };
  const exposures = [...effectiveExposures(model.catalog, model.settings)];
  const flagsAmiss = exposures.filter(([flag, { exposure }]) => now.record?.exposures[flag] !== exposure).map(([flag]) => flag);
  const site = await siteOf(project, stage, target);
  return { state, flagsAmiss, routes: await lookAtRoutes(site, planRollout(model.catalog, model.settings), then ?? now) };
}

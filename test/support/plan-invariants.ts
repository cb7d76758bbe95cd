import { expect } from "vitest";
import type { Model } from "../../src/config/parse.ts";
import type { Catalog } from "../../src/model/catalog.ts";
import { effectiveExposures } from "../../src/model/exposure.ts";
import type { Setting, StageSettings } from "../../src/model/settings.ts";
import { canonicalJson } from "../../src/plan/canonical.ts";
import { planRollout } from "../../src/plan/plan.ts";
import type { RolloutPlan, ServicePlan } from "../../src/plan/rollout-plan.ts";
import { reorder } from "./arbitrary-model.ts";

/** What holds of the plan of every valid model, by its name; each fails with what it found. */
export const PLAN_INVARIANTS: Readonly<Record<string, (model: Model) => void>> = {
  "has weights that add up to 100 in each service, over all buckets once": ({ catalog, settings }) => {
    for (const service of servicesOf(catalog, settings)) {
      expect(sum(service.cohorts.map((cohort) => cohort.weight))).toBe(100);
      expect(service.cohorts.flatMap((cohort) => cohort.buckets)).toEqual(catalog.steps.map((_step, index) => index + 1));
    }
  },

  "has k + 1 live variants where k different partial exposures meet": ({ catalog, settings }) => {
    const plan = planRollout(catalog, settings);
    for (const service of Object.values(plan.services)) {
      const partial = new Set(service.flags.map((flag) => plan.flags[flag]?.exposure ?? 0).filter((exposure) => exposure > 0 && exposure < 100));
      expect(service.variants.filter((variant) => variant.role === "live")).toHaveLength(partial.size + 1);
    }
  },

  "is the same bytes for the same input in any order of keys": ({ catalog, settings }) => {
    expect(canonicalJson(planRollout(reorder(catalog), reorder(settings)))).toBe(canonicalJson(planRollout(catalog, settings)));
  },

  "shows no trace of a flag at 0 in variants or routes": ({ catalog, settings }) => {
    for (const flag of Object.keys(catalog.flags)) {
      const plan = planRollout(catalog, { ...withSetting(settings, flag, 0), kill: {} });
      expect(plan.flags).not.toHaveProperty(flag);
      expectNoTrace(plan, flag);
    }
  },

  "lets a kill win over every setting": ({ catalog, settings }) => {
    for (const flag of Object.keys(catalog.flags)) {
      const plan = planRollout(catalog, { ...settings, kill: { ...settings.kill, [flag]: true } });
      expect(plan.flags[flag]).toMatchObject({ exposure: 0, testers: false, killed: true });
      expectNoTrace(plan, flag);
    }
  },

  "never has a flag on where its prerequisite is off": ({ catalog, settings }) => {
    const plan = planRollout(catalog, settings);
    for (const [flag, definition] of Object.entries(catalog.flags)) {
      for (const other of definition.requires) expect(plan.flags[flag]?.exposure ?? 0).toBeLessThanOrEqual(plan.flags[other]?.exposure ?? 0);
    }
  },

  "names each variant once, and leads each cohort to one that is there": ({ catalog, settings }) => {
    for (const service of servicesOf(catalog, settings)) {
      const names = service.variants.map((variant) => variant.name);
      expect(new Set(names).size).toBe(names.length);
      for (const cohort of service.cohorts) expect(names).toContain(cohort.variant);
    }
  },

  "gives a bucket the same flags on every service that knows them": ({ catalog, settings }) => {
    const plan = planRollout(catalog, settings);
    for (const service of Object.values(plan.services)) {
      for (const { id, to } of plan.buckets) {
        const expected = service.flags.filter((flag) => (plan.flags[flag]?.exposure ?? 0) >= to);
        expect(flagsOf(service, id)).toEqual(expected);
      }
    }
  },

  "moves buckets only from off to on when one exposure rises": ({ catalog, settings }) => {
    for (const flag of Object.keys(catalog.flags)) {
      const course = [0, ...catalog.steps].map((exposure) => bucketsOn(catalog, withSetting(settings, flag, exposure), flag));
      for (const [index, before] of course.slice(0, -1).entries()) expect(course[index + 1]).toEqual(expect.arrayContaining(before));
    }
  },

  "needs no variant that is not running, whichever unsettled flag is lowered or killed": ({ catalog, settings }) => {
    const before = planRollout(catalog, settings);
    for (const [flag, { exposure, settled }] of effectiveExposures(catalog, settings)) {
      if (exposure === 0 || settled) continue;
      const lowered = [0, ...catalog.steps].filter((other) => other < exposure).map((lower) => withSetting(settings, flag, lower));
      for (const back of [...lowered, { ...settings, kill: { ...settings.kill, [flag]: true } as const }]) {
        for (const [name, service] of Object.entries(planRollout(catalog, back).services)) {
          if (service.delivery === "header") continue;
          const running = before.services[name]?.variants.map((variant) => variant.name);
          for (const cohort of service.cohorts) expect(running).toContain(cohort.variant);
        }
      }
    }
  },
};

function servicesOf(catalog: Catalog, settings: StageSettings): ServicePlan[] {
  return Object.values(planRollout(catalog, settings).services);
}

function withSetting(settings: StageSettings, flag: string, exposure: number): StageSettings {
  const setting: Setting = { exposure, testers: false, settled: false };
  return { ...settings, flags: { ...settings.flags, [flag]: setting } };
}

function expectNoTrace(plan: RolloutPlan, flag: string): void {
  for (const service of Object.values(plan.services)) {
    expect(service.variants.flatMap((variant) => variant.flags)).not.toContain(flag);
    expect(service.routes.map((route) => route.gatedBy)).not.toContain(flag);
  }
}

/** The flags that a bucket sees on a service. */
function flagsOf(service: ServicePlan, bucket: number): readonly string[] {
  const cohort = service.cohorts.find(({ buckets }) => buckets.includes(bucket));
  return service.variants.find(({ name }) => name === cohort?.variant)?.flags ?? [];
}

/** `service/bucket` for each place where the flag is on. */
function bucketsOn(catalog: Catalog, settings: StageSettings, flag: string): string[] {
  const plan = planRollout(catalog, settings);
  return Object.entries(plan.services).flatMap(([name, service]) =>
    plan.buckets.filter(({ id }) => flagsOf(service, id).includes(flag)).map(({ id }) => `${name}/${id}`),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/model/catalog.ts";
import { effectiveExposures } from "../../../src/model/exposure.ts";
import type { StageSettings } from "../../../src/model/settings.ts";
import { canonicalJson } from "../../../src/plan/canonical.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import type { ServicePlan } from "../../../src/plan/rollout-plan.ts";
import { arbitraryModel, reorder } from "../../support/arbitrary-model.ts";

const RUNS = { numRuns: 300 };

describe("every plan", () => {
  it("has weights that add up to 100 in each service, over all buckets once", () => {
    fc.assert(
      fc.property(arbitraryModel(), ({ catalog, settings }) => {
        for (const service of servicesOf(catalog, settings)) {
          expect(sum(service.cohorts.map((cohort) => cohort.weight))).toBe(100);
          expect(service.cohorts.flatMap((cohort) => cohort.buckets)).toEqual(catalog.steps.map((_step, index) => index + 1));
        }
      }),
      RUNS,
    );
  });

  it("has k + 1 live variants where k different partial exposures meet", () => {
    fc.assert(
      fc.property(arbitraryModel(), ({ catalog, settings }) => {
        const plan = planRollout(catalog, settings);
        for (const service of Object.values(plan.services)) {
          const partial = new Set(service.flags.map((flag) => plan.flags[flag]?.exposure ?? 0).filter((exposure) => exposure > 0 && exposure < 100));
          expect(service.variants.filter((variant) => variant.role === "live")).toHaveLength(partial.size + 1);
        }
      }),
      RUNS,
    );
  });

  it("is the same bytes for the same input in any order of keys", () => {
    fc.assert(
      fc.property(arbitraryModel(), ({ catalog, settings }) => {
        expect(canonicalJson(planRollout(reorder(catalog), reorder(settings)))).toBe(canonicalJson(planRollout(catalog, settings)));
      }),
      RUNS,
    );
  });

  it("shows no trace of a flag at 0 in variants or routes", () => {
    fc.assert(
      fc.property(arbitraryModel(), fc.nat(), ({ catalog, settings }, pick) => {
        const flag = flagAt(catalog, pick);
        const off = { ...settings, kill: {}, flags: { ...settings.flags, [flag]: { exposure: 0, testers: false, settled: false } } };
        const plan = planRollout(catalog, off);
        expect(plan.flags).not.toHaveProperty(flag);
        for (const service of Object.values(plan.services)) {
          expect(service.variants.flatMap((variant) => variant.flags)).not.toContain(flag);
          expect(service.routes.map((route) => route.gatedBy)).not.toContain(flag);
        }
      }),
      RUNS,
    );
  });

  it("lets a kill win over every setting", () => {
    fc.assert(
      fc.property(arbitraryModel(), fc.nat(), ({ catalog, settings }, pick) => {
        const flag = flagAt(catalog, pick);
        const plan = planRollout(catalog, { ...settings, kill: { ...settings.kill, [flag]: true } });
        expect(plan.flags[flag]).toMatchObject({ exposure: 0, testers: false, killed: true });
        for (const service of Object.values(plan.services)) {
          expect(service.variants.flatMap((variant) => variant.flags)).not.toContain(flag);
          expect(service.routes.map((route) => route.gatedBy)).not.toContain(flag);
        }
      }),
      RUNS,
    );
  });

  it("never has a flag on where its prerequisite is off", () => {
    fc.assert(
      fc.property(arbitraryModel(), ({ catalog, settings }) => {
        const plan = planRollout(catalog, settings);
        for (const [flag, definition] of Object.entries(catalog.flags)) {
          for (const other of definition.requires) expect(plan.flags[flag]?.exposure ?? 0).toBeLessThanOrEqual(plan.flags[other]?.exposure ?? 0);
        }
      }),
      RUNS,
    );
  });

  it("names each variant once, and leads each cohort to one that is there", () => {
    fc.assert(
      fc.property(arbitraryModel(), ({ catalog, settings }) => {
        for (const service of servicesOf(catalog, settings)) {
          const names = service.variants.map((variant) => variant.name);
          expect(new Set(names).size).toBe(names.length);
          for (const cohort of service.cohorts) expect(names).toContain(cohort.variant);
        }
      }),
      RUNS,
    );
  });
});

describe("a change of one exposure", () => {
  it("moves buckets only from off to on when it rises, and only back when it falls", () => {
    fc.assert(
      fc.property(arbitraryModel(), fc.nat(), fc.nat(), fc.nat(), ({ catalog, settings }, pick, one, other) => {
        const flag = flagAt(catalog, pick);
        const [low = 0, high = 0] = [one, other].map((index) => [0, ...catalog.steps][index % (catalog.steps.length + 1)] ?? 0).sort((a, b) => a - b);
        const at = (exposure: number): StageSettings => ({ ...settings, flags: { ...settings.flags, [flag]: { exposure, testers: false, settled: false } } });
        const before = bucketsOn(catalog, at(low), flag);
        const after = bucketsOn(catalog, at(high), flag);
        for (const bucket of before) expect(after).toContain(bucket);
      }),
      RUNS,
    );
  });
});

describe("the way back", () => {
  it("needs no variant that is not running, whichever unsettled flag is lowered or killed", () => {
    fc.assert(
      fc.property(arbitraryModel(), fc.nat(), fc.nat(), fc.boolean(), ({ catalog, settings }, pick, step, kill) => {
        const flag = flagAt(catalog, pick);
        const { exposure, settled } = effectiveExposures(catalog, settings).get(flag) ?? { exposure: 0, settled: false };
        fc.pre(exposure > 0 && !settled);
        const lower = [0, ...catalog.steps].filter((other) => other < exposure);
        const setting = { exposure: lower[step % lower.length] ?? 0, testers: false, settled: false };
        const back = kill ? { ...settings, kill: { ...settings.kill, [flag]: true } as const } : { ...settings, flags: { ...settings.flags, [flag]: setting } };
        const before = planRollout(catalog, settings);
        const after = planRollout(catalog, back);
        for (const [name, service] of Object.entries(after.services)) {
          if (service.delivery === "header") continue;
          const running = before.services[name]?.variants.map((variant) => variant.name);
          for (const cohort of service.cohorts) expect(running).toContain(cohort.variant);
        }
      }),
      RUNS,
    );
  });
});

function servicesOf(catalog: Catalog, settings: StageSettings): ServicePlan[] {
  return Object.values(planRollout(catalog, settings).services);
}

function flagAt(catalog: Catalog, pick: number): string {
  const flags = Object.keys(catalog.flags);
  return flags[pick % flags.length] ?? "";
}

/** `service/bucket` for each place where the flag is on. */
function bucketsOn(catalog: Catalog, settings: StageSettings, flag: string): string[] {
  return Object.entries(planRollout(catalog, settings).services).flatMap(([name, service]) =>
    service.cohorts
      .filter((cohort) => service.variants.find((variant) => variant.name === cohort.variant)?.flags.includes(flag))
      .flatMap((cohort) => cohort.buckets.map((bucket) => `${name}/${bucket}`)),
  );
}

function sum(numbers: readonly number[]): number {
  return numbers.reduce((total, number) => total + number, 0);
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { objectsOf } from "../../../src/kubernetes/objects.ts";
import { planFaults } from "../../../src/kubernetes/plan-faults.ts";
import { leafIn, workloadsOf } from "../../../src/kubernetes/workloads.ts";
import type { KubernetesTarget } from "../../../src/model/kubernetes-target.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import type { RolloutPlan } from "../../../src/plan/rollout-plan.ts";
import { arbitraryModel } from "../../support/arbitrary-model.ts";
import { DEPLOYED } from "../../support/cluster/deployed.ts";
import { kubernetesInput } from "../../support/cluster/kubernetes-input.ts";
import { catalogInput, modelFrom } from "../../support/model.ts";

interface Stage {
  readonly plan: RolloutPlan;
  readonly target: KubernetesTarget;
}

function stageWith(flags: Readonly<Record<string, unknown>>, changes: Readonly<Record<string, unknown>> = {}, catalogue: unknown = catalogInput()): Stage {
  const input = { target: "kubernetes", kubernetes: kubernetesInput(changes), flags, testerSecret: "0123456789abcdef" };
  const { catalog, settings } = modelFrom(input, catalogue);
  if (settings.target.kind !== "kubernetes") throw new Error(`the target is ${settings.target.kind}`);
  return { plan: planRollout(catalog, settings), target: settings.target };
}

describe("a change of the steps", () => {
  it("makes other Services to the same pods: slots lead to the ports of the buckets before until they lead elsewhere", () => {
    const [before, after] = [
      [1, 5, 25, 50, 100],
      [25, 100],
    ].map((steps) => {
      const { plan, target } = stageWith({ AGENT_ENABLED: 25 }, {}, { ...catalogInput(), steps });
      const { workloads, leaves } = workloadsOf(plan, target);
      return { pods: workloads.map(({ name }) => name), services: leaves.map(({ name }) => name) };
    });
    expect(after?.pods).toEqual(before?.pods);
    expect(after?.services.filter((name) => before?.services.includes(name))).toEqual([]);
  });
});

describe("the pods of any plan", () => {
  it("serve every variant that someone sees, or that someone may be taken back to", () => {
    fc.assert(
      fc.property(arbitraryModel(), ({ catalog, settings }) => {
        const plan = planRollout(catalog, settings);
        const { workloads, leaves, missing } = workloadsOf(plan, {
          services: Object.fromEntries(Object.keys(plan.services).map((name) => [name, DEPLOYED])),
          existing: {},
        });
        expect(missing).toEqual([]);
        for (const [service, planned] of Object.entries(plan.services)) {
          for (const variant of planned.variants) {
            const workload = workloads.find(({ name }) => name === leafIn(leaves, service, variant.name).workload);
            const told = Object.fromEntries(planned.flags.flatMap((flag) => (flag in (workload?.env ?? {}) ? [[flag, workload?.env[flag]]] : [])));
            const expected = planned.delivery === "header" ? {} : Object.fromEntries(planned.flags.map((flag) => [flag, String(variant.flags.includes(flag))]));
            expect([workload?.service, told]).toEqual([service, expected]);
          }
        }
      }),
    );
  });

  it("can carry all visitors together, where they are scaled, and those that others fall back to can alone", () => {
    const scaled = { ...DEPLOYED, replicas: 2, autoscaling: { maxReplicas: 20, cpuPercent: 70 } };
    fc.assert(
      fc.property(arbitraryModel(), ({ catalog, settings }) => {
        const plan = planRollout(catalog, settings);
        const { workloads } = workloadsOf(plan, { services: Object.fromEntries(Object.keys(plan.services).map((name) => [name, scaled])), existing: {} });
        for (const { service, variant, leastPods } of workloads.filter((one) => one.variant !== null)) {
          const planned = plan.services[service];
          const share = planned?.cohorts.find((cohort) => cohort.variant === variant)?.weight ?? 0;
          expect(leastPods).toBeGreaterThanOrEqual(Math.max(2, (20 * share) / 100));
          expect(leastPods).toBeLessThanOrEqual(20);
          if (planned?.variants.find(({ name }) => name === variant)?.role === "warm") expect(leastPods).toBe(20);
        }
      }),
    );
  });
});

describe("the pods of a variant", () => {
  const nameOf = (exposure: number, voice: Readonly<Record<string, unknown>>): string => {
    const services = { "voice-api": { image: "voice:1", ...voice }, "billing-api": { image: "billing:1" } };
    const { plan, target } = stageWith({ AGENT_ENABLED: exposure }, { services });
    return workloadsOf(plan, target).workloads.find(({ service, variant }) => service === "voice-api" && variant === "base")?.name ?? "";
  };
  const scaled = { autoscaling: { maxReplicas: 9 } };

  it("are the same where only an exposure or their number is another", () => {
    const first = nameOf(25, {});
    expect(first).toMatch(/^voice-api--base-[0-9a-f]{8}$/);
    expect([nameOf(50, {}), nameOf(25, { replicas: 7 })]).toEqual([first, first]);
    expect(nameOf(25, { autoscaling: { maxReplicas: 20 } })).toBe(nameOf(25, scaled));
  });

  it("are others where anything of them is, or who decides their number", () => {
    const changes = [{ image: "voice:2" }, { env: { LOG_LEVEL: "debug" } }, { port: 9090 }, { user: 1000 }, { drain: "1s" }, { probePath: "/healthz" }, scaled];
    expect(new Set([{}, ...changes].map((change) => nameOf(25, change))).size).toBe(1 + changes.length);
  });
});

describe("a plan that a target cannot run", () => {
  const existing = { "voice-api": [{ selector: { app: "voice" } }], "billing-api": [{ selector: { app: "billing" } }] };

  it("names the pods that nobody deploys, by their flags", () => {
    const { plan, target } = stageWith({ AGENT_ENABLED: 25 }, { services: {}, existing });
    expect(planFaults(plan, target)).toEqual([
      {
        path: "kubernetes.existing.voice-api",
        found: "lists no pods with AGENT_ENABLED on and the others off, which this change needs",
        allowed: "an entry with these flags, whose pods are running",
        wayOut: null,
      },
    ]);
    const withFlag = { ...existing, "voice-api": [{ flags: ["AGENT_ENABLED"], selector: { app: "agent" } }] };
    const off = stageWith({}, { services: {}, existing: withFlag });
    expect(planFaults(off.plan, off.target).map(({ found }) => found)).toEqual(["lists no pods with all flags off, which this change needs"]);
  });

  it("would have the tester secret in a file", () => {
    const testers = { AGENT_ENABLED: { testers: true } };
    const rendered = stageWith(testers, { output: "deploy" });
    expect(planFaults(rendered.plan, rendered.target)).toEqual([
      {
        path: "kubernetes.output",
        found: "would have the tester secret in a file, in the clear",
        allowed: "rendered files without testers",
        wayOut: "set testers to false for every flag of this stage, or leave kubernetes.output out",
      },
    ]);
    const applied = stageWith(testers);
    expect(planFaults(applied.plan, applied.target)).toEqual([]);
    const plain = stageWith({ AGENT_ENABLED: 25 }, { output: "deploy" });
    expect(planFaults(plain.plan, plain.target)).toEqual([]);
  });

  it("is none where header delivery serves all variants by the same pods of others", () => {
    const { plan, target } = stageWith(
      { AGENT_ENABLED: 25 },
      { services: { "voice-api": { image: "voice:1" } }, existing: { "billing-api": existing["billing-api"] } },
    );
    expect(planFaults(plan, target)).toEqual([]);
    expect(
      objectsOf(plan, target)
        .filter(({ kind, name }) => kind !== "Service" && name.startsWith("billing-api--"))
        .map(({ kind }) => kind),
    ).toEqual(["Middleware", "Middleware"]);
  });
});

import type { RegisterResourceHookRequest, RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor, setMocks } from "@pulumi/pulumi/runtime/mocks.js";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings.js";
import { expect, it } from "vitest";
import { planRollout } from "../../src/plan/plan.ts";
import { stageRecord } from "../../src/plan/stage-record.ts";
import { KubernetesStage } from "../../src/targets/kubernetes/kubernetes-stage.ts";
import { modelFrom } from "../support/model.ts";
import { until } from "../support/wait.ts";

/** By kind, what the engine is to ask before and after a resource is created, and before and after it is updated; kinds for which it asks nothing are left out. */
async function hooksOf(under: boolean): Promise<Readonly<Record<string, readonly string[]>>> {
  const asked = new Map<string, readonly string[]>();
  const names: string[] = [];
  const mocks = {
    newResource: ({ name, inputs }: { name: string; inputs: Record<string, unknown> }) => ({ id: name, state: inputs }),
    call: ({ token }: { token: string }) => {
      throw new Error(`unexpected call ${token}`);
    },
  };
  class Recorder extends MockMonitor {
    override async registerResource(request: RegisterResourceRequest, callback: (error: unknown, response: unknown) => void): Promise<void> {
      names.push(request.getName());
      const hooks = request.getHooks();
      const created = [...(hooks?.getBeforeCreateList() ?? []), ...(hooks?.getAfterCreateList() ?? [])];
      const updated = [...(hooks?.getBeforeUpdateList() ?? []), ...(hooks?.getAfterUpdateList() ?? [])];
      const kind = request.getType().split(":").at(-1) ?? "";
      const key = kind === "ConfigMap" ? `${kind} ${request.getName()}` : kind;
      if (created.length > 0) asked.set(key, [...created, ...updated]);
      await super.registerResource(request, callback);
    }
    registerResourceHook(_request: RegisterResourceHookRequest, callback: (error: unknown, response: unknown) => void): void {
      callback(null, {});
    }
  }
  await setMocks(mocks);
  setMockOptions(new Recorder(mocks));
  const service = { image: "registry.example/service:1", replicas: 1 };
  const kubernetes = { namespace: "voice", clusters: { eu: { context: "prod-eu" } }, services: { "voice-api": service, "billing-api": service } };
  const { catalog, settings } = modelFrom({ target: "kubernetes", kubernetes, flags: { AGENT_ENABLED: 25 } });
  const { target } = settings;
  if (target.kind !== "kubernetes") throw new Error(`the target is ${target.kind}`);
  const plan = planRollout(catalog, settings);
  const guard = { before: () => Promise.resolve(), after: () => Promise.resolve() };
  const kills = under ? { known: [], guards: new Map([["eu", guard]]) } : null;
  new KubernetesStage("dev", { plan, catalog, settings, target, record: stageRecord(plan, settings), monitoring: null, testerSecret: null, root: "/", kills });
  await until("the record is there", () => names.includes("stage.json"));
  return Object.fromEntries([...asked].sort());
}

it("the engine asks for kills around everything that leads visitors, and before the record", async () => {
  const both = ["eu/kills-before", "eu/kills-after", "eu/kills-before", "eu/kills-after"];
  expect(await hooksOf(true)).toEqual({
    "ConfigMap eu/sluice-flagd": both,
    IngressRoute: both,
    Middleware: both,
    Record: ["eu/kills-before", "eu/kills-before"],
    TraefikService: both,
  });
});

it("nothing is asked where files are rendered", async () => {
  expect(await hooksOf(false)).toEqual({});
});

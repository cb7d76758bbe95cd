import { setMocks } from "@pulumi/pulumi/runtime/mocks.js";
import { beforeEach, describe, expect, it } from "vitest";
import { parse } from "yaml";
import { planRollout } from "../../src/plan/plan.ts";
import { secret } from "../../src/pulumi.ts";
import { LocalStage } from "../../src/targets/local/local-stage.ts";
import { modelFrom } from "../support/model.ts";
import { until } from "../support/wait.ts";

interface Registered {
  readonly type: string;
  readonly name: string;
  readonly inputs: Record<string, unknown>;
}

let registered: Registered[];

beforeEach(async () => {
  registered = [];
  await setMocks({
    newResource: ({ type, name, inputs }) => {
      registered.push({ type, name, inputs });
      return { id: name, state: inputs };
    },
    call: ({ token }) => {
      throw new Error(`unexpected call ${token}`);
    },
  });
});

async function deploy(settings: Record<string, unknown>, testerSecret: string | null = null): Promise<void> {
  const model = modelFrom(settings);
  const plan = planRollout(model.catalog, model.settings);
  new LocalStage("dev", { plan, settings: model.settings, testerSecret: testerSecret === null ? null : secret(testerSecret), root: "/project" });
  await until("Traefik's document is registered", () => registered.some((resource) => resource.name === "traefik"));
}

function byName(name: string): Registered | undefined {
  return registered.find((resource) => resource.name === name);
}

describe("a local stage", () => {
  it("is these resources and no others", async () => {
    await deploy({ flags: { AGENT_ENABLED: 25 } });
    expect(registered.map((resource) => [resource.type, resource.name]).sort()).toEqual([
      ["sluice-local:index:TextFile", "billing-api"],
      ["sluice-local:index:TextFile", "flagd"],
      ["sluice-local:index:TextFile", "voice-api--agent-enabled"],
      ["sluice-local:index:TextFile", "voice-api--base"],
      ["sluice-local:index:TraefikFile", "traefik"],
      ["sluice:local:Stage", "dev"],
    ]);
  });

  it("has an env file with the flags of each variant, and a port that follows from them", async () => {
    await deploy({ flags: { AGENT_ENABLED: 25 } });
    expect(byName("voice-api--base")?.inputs).toEqual({
      path: "/project/.sluice/dev/env/voice-api--base.env",
      content: "AGENT_ENABLED=false\nPORT=8110\nSLUICE_SERVICE=voice-api\nSLUICE_VARIANT=base\nTRANSCRIPTS_ENABLED=false\n",
    });
    expect(byName("voice-api--agent-enabled")?.inputs["content"]).toContain("AGENT_ENABLED=true\nPORT=8111\n");
  });

  it("leads Traefik to these ports", async () => {
    await deploy({ flags: { AGENT_ENABLED: 25 } });
    const inputs = byName("traefik")?.inputs;
    expect(inputs?.["workloads"]).toEqual(["http://127.0.0.1:8120", "http://127.0.0.1:8111", "http://127.0.0.1:8110"]);
    expect(parse(String(inputs?.["content"])).http.services["voice-api--agent-enabled"].loadBalancer).toEqual({ servers: [{ url: "http://127.0.0.1:8111" }] });
    expect(inputs?.["secrets"]).toEqual({});
  });

  it("keeps the tester secret out of the document", async () => {
    await deploy({ flags: { AGENT_ENABLED: { testers: true } }, testerSecret: "0123456789abcdef" }, "0123456789abcdef");
    expect(String(byName("traefik")?.inputs["content"])).not.toContain("0123456789abcdef");
    expect(String(byName("traefik")?.inputs["content"])).toContain("${tester-secret}");
  });

  it("writes where its settings say", async () => {
    await deploy({ local: { port: 1, adminPort: 2, workloadPorts: { "voice-api": 10, "billing-api": 20 }, directory: "/var/lib/sluice" } });
    expect(byName("flagd")?.inputs["path"]).toBe("/var/lib/sluice/flagd/flags.json");
  });
});

import { describe, expect, it } from "vitest";
import { planRollout } from "../../../src/plan/plan.ts";
import { variantName } from "../../../src/plan/variants.ts";
import { traefikDocument } from "../../../src/traefik/document.ts";
import { variantService } from "../../../src/traefik/names.ts";
import { documentText, legendOf, readDocument } from "../../../src/traefik/text.ts";
import { type Withdrawn, withdraw } from "../../../src/traefik/withdraw.ts";
import { modelFrom } from "../../support/model.ts";

function withdrawn(settings: Record<string, unknown>, flags: readonly string[], down: readonly string[] = []): Withdrawn {
  const { catalog, settings: stage } = modelFrom(settings);
  const plan = planRollout(catalog, stage);
  const text = documentText(
    traefikDocument(plan, (service, variant) => `http://${service}.${variant.name}`),
    legendOf(plan),
  );
  const { document, legend } = readDocument(text);
  return withdraw(document, legend, { flags, routes: [] }, (name) => !down.includes(name));
}

/** The name is cut with a hash where it would be too long. */
const ALL = variantService("voice-api", variantName(["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"]));
const BOTH = { flags: { AGENT_ENABLED: 50, TRANSCRIPTS_ENABLED: 25 } };

describe("the visitors of a variant with the flag", () => {
  it("go to the running variant that has the most of their other flags", () => {
    expect(withdrawn(BOTH, ["TRANSCRIPTS_ENABLED"]).moves).toEqual({ [ALL]: "voice-api--agent-enabled" });
    expect(withdrawn(BOTH, ["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"]).moves).toEqual({
      "billing-api--agent-enabled": "billing-api--base",
      "voice-api--agent-enabled": "voice-api--base",
      [ALL]: "voice-api--base",
    });
  });

  it("go past one that cannot carry them now", () => {
    expect(withdrawn(BOTH, ["TRANSCRIPTS_ENABLED"], ["voice-api--agent-enabled"]).moves).toEqual({
      [ALL]: "voice-api--base",
    });
  });

  it("stay where they are while none can carry them", () => {
    const { moves, document } = withdrawn(BOTH, ["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"], ["voice-api--base"]);
    expect(moves["voice-api--agent-enabled"]).toBeNull();
    expect(document.http.routers["voice-api.bucket-4"]?.service).toBe("voice-api--agent-enabled");
    expect(Object.keys(document.http.routers)).not.toContain("voice-api.agent-enabled.agent");
  });
});

describe("a service with header delivery", () => {
  it("gets the variant without the flag from the one with it, on the same workload, with its mark", () => {
    const { moves, document, legend } = withdrawn({ flags: { AGENT_ENABLED: true } }, ["AGENT_ENABLED"]);
    expect(moves["billing-api--agent-enabled"]).toBe("billing-api--base");
    expect(legend["billing-api--base"]).toEqual([]);
    expect(document.http.routers["billing-api"]?.service).toBe("billing-api--base");
    expect(document.http.services["billing-api--base"]).toEqual({
      loadBalancer: { servers: [{ url: "http://billing-api.agent-enabled" }] },
      middlewares: ["billing-api--base"],
    });
    const { settings, catalog } = modelFrom({ kill: { AGENT_ENABLED: true } });
    const killed = traefikDocument(planRollout(catalog, settings), () => "");
    expect(document.http.middlewares["billing-api--base"]).toEqual(killed.http.middlewares["billing-api--base"]);
  });
});

describe("a settled flag", () => {
  it("has no variant to go back to", () => {
    const { moves } = withdrawn({ flags: { AGENT_ENABLED: { exposure: 100, settled: true } } }, ["AGENT_ENABLED"]);
    expect(moves["voice-api--agent-enabled"]).toBeNull();
  });
});

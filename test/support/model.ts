import { type Model, parseConfig } from "../../src/config/parse.ts";
import type { FlagDefinition } from "../../src/model/catalog.ts";
import type { Fault } from "../../src/model/fault.ts";
import type { LocalTarget, Target } from "../../src/model/target.ts";

/** A catalogue as a person writes it: one service of each delivery, one flag on both, one that requires it. */
export function catalogInput(): Record<string, unknown> & {
  services: Record<string, Record<string, unknown>>;
  flags: Record<string, Record<string, unknown>>;
} {
  return {
    stages: ["dev", "staging", "production"],
    steps: [1, 5, 25, 50, 100],
    services: {
      "voice-api": { rule: "PathPrefix(`/voice`)" },
      "billing-api": { rule: "PathPrefix(`/billing`)", delivery: "header" },
    },
    flags: {
      AGENT_ENABLED: {
        description: "Answer calls with the agent",
        owner: "voice",
        expires: "2027-06-30",
        services: ["voice-api", "billing-api"],
        routes: { agent: { rule: "PathPrefix(`/agent`)", service: "voice-api" } },
      },
      TRANSCRIPTS_ENABLED: { description: "Show transcripts", owner: "voice", expires: "2027-06-30", services: ["voice-api"], requires: ["AGENT_ENABLED"] },
    },
  };
}

/** What a flag is that says nothing of how it is promoted. */
export const UNWATCHED: Pick<FlagDefinition, "soak" | "drill" | "review" | "watch"> = {
  soak: {},
  drill: null,
  review: false,
  watch: { duration: {}, interval: 1_000, patience: 0, minimumRequests: 1, falseAlarmRate: 0.01, metrics: {} },
};

/** The target of a stage that is local. */
export function localOf(target: Target): LocalTarget {
  if (target.kind === "local") return target;
  throw new Error(`the target is ${target.kind}`);
}

export function localInput(port = 8100): Record<string, unknown> {
  return { port, adminPort: port + 1, workloadPorts: { "voice-api": port + 1_000, "billing-api": port + 20 } };
}

/** The model of a stage; throws where the config has faults. */
export function modelFrom(settings: Record<string, unknown>, catalog: unknown = catalogInput(), stage = "dev"): Model {
  const parsed = parseConfig({ stage, catalog, settings: { local: localInput(), ...settings }, plainKeys: [], secretPaths: [] });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults, null, 2));
  return parsed.model;
}

export function faultsOf(
  settings: Record<string, unknown>,
  catalog: unknown = catalogInput(),
  stage = "dev",
  plainKeys: readonly string[] = [],
  secretPaths: readonly string[] = [],
): readonly Fault[] {
  const parsed = parseConfig({ stage, catalog, settings: { local: localInput(), ...settings }, plainKeys, secretPaths });
  return parsed.ok ? [] : parsed.faults;
}

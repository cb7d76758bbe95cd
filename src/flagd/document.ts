import type { RolloutPlan } from "../plan/rollout-plan.ts";

/** A flag in flagd's format, https://flagd.dev/schema/v0/flags.json */
export interface FlagdFlag {
  readonly state: "ENABLED";
  readonly variants: { readonly on: true; readonly off: false };
  readonly defaultVariant: "on" | "off";
  readonly targeting: Readonly<Record<string, unknown>>;
}

export interface FlagdDocument {
  readonly $schema: string;
  readonly flags: Readonly<Record<string, FlagdFlag>>;
}

/**
 * The flagd document of a plan: all flags of the catalogue, on for the buckets up to their exposure.
 * The evaluation context is what Traefik tells the application: `bucket`, a number (the header
 * `X-Sluice-Bucket`), and `tester`, `true` for testers (`X-Sluice-Tester`). Without a bucket a flag
 * is on only at full exposure.
 */
export function flagdDocument(plan: RolloutPlan): FlagdDocument {
  const flags: Record<string, FlagdFlag> = {};
  for (const name of plan.knownFlags) {
    const seen = plan.flags[name];
    const exposure = seen?.exposure ?? 0;
    const rules: unknown[] = [];
    if (seen?.testers === true) rules.push({ "===": [{ var: "tester" }, true] }, "on");
    const last = plan.buckets.filter((bucket) => bucket.to <= exposure).at(-1)?.id;
    if (last !== undefined && exposure < 100) {
      rules.push({ and: [{ "!==": [{ var: ["bucket", null] }, null] }, { "<=": [{ var: "bucket" }, last] }] }, "on");
    }
    const fallback = exposure === 100 ? "on" : "off";
    flags[name] = {
      state: "ENABLED",
      variants: { on: true, off: false },
      defaultVariant: fallback,
      targeting: rules.length === 0 ? {} : { if: [...rules, fallback] },
    };
  }
  return { $schema: "https://flagd.dev/schema/v0/flags.json", flags };
}

import { bucketCookie } from "../../model/bucket.ts";
import type { Catalog } from "../../model/catalog.ts";
import { TESTER_COOKIE } from "../../model/headers.ts";
import { sampleRequest } from "../../model/sample-request.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import type { TesterSecret } from "./testers.ts";
import type { Trial, TrialCheck } from "./trial.ts";

/**
 * For each killed flag: no variant with it answers anyone, whatever cookies they bring. No planned
 * variant has a killed flag, so every answer must be of a planned variant or of none.
 */
export function killChecks(catalog: Catalog, plan: RolloutPlan, secret: TesterSecret): TrialCheck[] {
  const killed = Object.entries(plan.flags).filter(([, exposure]) => exposure.killed);
  const allowed = ["", ...Object.values(plan.services).flatMap((service) => service.variants.map((variant) => variant.mark))];
  return killed.map(([flag]) => ({
    name: `kill of ${flag}`,
    expected: "no variant with it answers anyone",
    trials: rulesOf(catalog, plan, flag).flatMap((rule) => killTrials(plan, rule, allowed, secret)),
    notAsked: "no sample request can be made of any route",
    amiss: [],
  }));
}

/** Every rule by which a variant of the flag could have been reached. */
function rulesOf(catalog: Catalog, plan: RolloutPlan, flag: string): string[] {
  const definition = catalog.flags[flag];
  const own = (definition?.services ?? []).flatMap((service) => plan.services[service]?.routes.map((route) => route.rule) ?? []);
  return [...new Set([...own, ...Object.values(definition?.routes ?? {}).map((route) => route.rule)])];
}

function killTrials(plan: RolloutPlan, rule: string, allowed: readonly string[], secret: TesterSecret): Trial[] {
  const sample = sampleRequest(rule);
  if (sample === null) return [];
  const buckets = plan.buckets.map(({ id }) => `${bucketCookie(id)}=forged`);
  const visitors: readonly (readonly [string, string])[] = [
    ["as a newcomer", ""],
    ...buckets.map((cookie) => [`with the cookie ${cookie}`, cookie] as const),
    ["with every bucket's cookie", buckets.join("; ")],
    ...(secret.known ? [["as a tester", `${TESTER_COOKIE}=${secret.value}`] as const] : []),
  ];
  return visitors.map(([visitor, cookie]) => ({
    visitor: `${sample.path} ${visitor}`,
    request: cookie === "" ? sample : { ...sample, headers: { ...sample.headers, cookie } },
    allowed,
    route: null,
  }));
}

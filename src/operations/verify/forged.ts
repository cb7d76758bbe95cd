import { bucketCookie } from "../../model/bucket.ts";
import { flagHeaderForms } from "../../model/flag-name.ts";
import { BUCKET_HEADER, TESTER_HEADER, VARIANT_HEADER } from "../../model/headers.ts";
import { sampleRequest } from "../../model/sample-request.ts";
import type { RolloutPlan } from "../../plan/rollout-plan.ts";
import { markOfBucket } from "../../plan/route-probes.ts";
import type { Trial, TrialCheck } from "./trial.ts";

/** Visitors who say of themselves what only Sluice may say: they see what their bucket does. */
export function forgedCheck(plan: RolloutPlan): TrialCheck {
  const [first, last] = [plan.buckets[0]?.id ?? 1, plan.buckets.at(-1)?.id ?? 1];
  const trials = Object.values(plan.services).flatMap((service) =>
    service.routes.flatMap((route): Trial[] => {
      const sample = sampleRequest(route.rule);
      if (sample === null || route.testersOnly) return [];
      return [
        { bucket: first, claimed: last },
        { bucket: last, claimed: first },
      ].map(({ bucket, claimed }) => ({
        visitor: `${sample.path} in bucket ${bucket}`,
        request: { ...sample, headers: { ...sample.headers, ...forgedHeaders(plan, claimed), cookie: `${bucketCookie(bucket)}=0` } },
        allowed: [markOfBucket(service, bucket)],
        route,
      }));
    }),
  );
  return {
    name: "forged headers",
    expected: "flag, bucket and tester headers of a client change nothing",
    trials,
    notAsked: "no sample request can be made of any route",
    amiss: [],
  };
}

function forgedHeaders(plan: RolloutPlan, bucket: number): Record<string, string> {
  const flags = plan.knownFlags.flatMap(flagHeaderForms).map((header) => [header.toLowerCase(), "true"] as const);
  return {
    ...Object.fromEntries(flags),
    [BUCKET_HEADER.toLowerCase()]: String(bucket),
    [TESTER_HEADER.toLowerCase()]: "true",
    [VARIANT_HEADER.toLowerCase()]: "forged",
  };
}

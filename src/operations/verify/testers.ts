import { bucketCookie } from "../../model/bucket.ts";
import { TESTER_COOKIE, TESTER_HEADER } from "../../model/headers.ts";
import { type SampleRequest, sampleRequest } from "../../model/sample-request.ts";
import type { RolloutPlan, Route, ServicePlan } from "../../plan/rollout-plan.ts";
import { markOf, markOfBucket } from "../../plan/route-probes.ts";
import type { Trial, TrialCheck } from "./trial.ts";

/** The tester secret of a stage, or why it cannot be had. */
export type TesterSecret = { readonly known: true; readonly value: string } | { readonly known: false; readonly reason: string };

/** For each service with testers: the secret brings the testers' variant, and nothing else does. */
export function testerChecks(plan: RolloutPlan, secret: TesterSecret): TrialCheck[] {
  return Object.entries(plan.services).flatMap(([name, service]) => {
    if (service.testers === null) return [];
    const routes = service.routes.flatMap((route) => {
      const sample = sampleRequest(route.rule);
      return sample === null ? [] : [{ route, sample }];
    });
    return [
      {
        name: `testers of ${name}`,
        expected: "with the secret, by header or cookie, the testers' variant answers",
        trials: secret.known ? routes.flatMap(({ route, sample }) => testerTrials(plan, service, service.testers ?? "", route, sample, secret.value)) : [],
        notAsked: secret.known ? "no sample request can be made of any route" : secret.reason,
        amiss: [],
      },
      {
        name: `guessed secrets of ${name}`,
        expected: "without the secret, with a guess or a part of it, a tester is an ordinary visitor",
        trials: routes.flatMap(({ route, sample }) => guessTrials(plan, service, service.testers ?? "", route, sample, secret)),
        notAsked: "everyone sees the testers' variant, or no sample request can be made of any route",
        amiss: [],
      },
    ];
  });
}

function testerTrials(plan: RolloutPlan, service: ServicePlan, testers: string, route: Route, sample: SampleRequest, secret: string): Trial[] {
  const last = bucketCookie(plan.buckets.at(-1)?.id ?? 1);
  const ways: readonly (readonly [string, Readonly<Record<string, string>>])[] = [
    ["by header", { [TESTER_HEADER.toLowerCase()]: secret }],
    ["by cookie", { cookie: `${TESTER_COOKIE}=${secret}` }],
    ["by cookie, in the last bucket", { cookie: `${last}=0; ${TESTER_COOKIE}=${secret}` }],
  ];
  return ways.map(([way, headers]) => ({
    visitor: `${sample.path} as a tester ${way}`,
    request: withHeaders(sample, headers),
    allowed: [markOf(service, testers)],
    route,
  }));
}

function guessTrials(plan: RolloutPlan, service: ServicePlan, testers: string, route: Route, sample: SampleRequest, secret: TesterSecret): Trial[] {
  const mark = markOf(service, testers);
  // Only where the bucket sees something else can it be told who counts as a tester.
  const bucket = plan.buckets.findLast(({ id }) => markOfBucket(service, id) !== mark)?.id;
  if (bucket === undefined) return [];
  const planned = Object.values(plan.services).flatMap(({ variants }) => variants.map((variant) => variant.mark));
  const guesses: readonly (readonly [string, string | null])[] = [
    ["without a secret", null],
    ["with a guess", "a-guess-of-the-secret"],
    ...(secret.known ? [["with the secret's beginning", secret.value.slice(0, -1)] as const, ["with the secret and more", `${secret.value}x`] as const] : []),
  ];
  return guesses.flatMap(([way, value]) =>
    [false, true].map((byCookie) => {
      const cookie = `${bucketCookie(bucket)}=0`;
      const headers = byCookie
        ? { cookie: value === null ? cookie : `${TESTER_COOKIE}=${value}; ${cookie}` }
        : { cookie, ...(value === null ? {} : { [TESTER_HEADER.toLowerCase()]: value }) };
      return {
        visitor: `${sample.path} ${way} ${byCookie ? "as a cookie" : "as a header"}`,
        request: withHeaders(sample, headers),
        // Where the route is for testers only, another may take the path, or none.
        allowed: route.testersOnly ? ["", ...planned.filter((other) => other !== mark)] : [markOfBucket(service, bucket)],
        route,
      };
    }),
  );
}

function withHeaders(sample: SampleRequest, headers: Readonly<Record<string, string>>): SampleRequest {
  return { ...sample, headers: { ...sample.headers, ...headers } };
}

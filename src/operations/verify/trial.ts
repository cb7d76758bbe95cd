import type { SampleRequest } from "../../model/sample-request.ts";
import { ask, type Connections } from "../../net/ask.ts";
import { inParallel } from "../../net/in-parallel.ts";
import type { RolloutPlan, Route } from "../../plan/rollout-plan.ts";
import { belongsToNarrowerRoute } from "../../plan/route-probes.ts";
import { isAnswered, markIn } from "../../traffic/probe-routes.ts";
import { type Check, listSome } from "./report.ts";

/** A request, and the variants that may answer it. */
export interface Trial {
  /** Who asks for what, such as `/voice in bucket 5 with forged headers`. Holds no secret. */
  readonly visitor: string;
  readonly request: SampleRequest;
  /** Marks of the variants that may answer; the empty one stands for an answer of no variant. */
  readonly allowed: readonly string[];
  /** The route that should take it, where it should be a certain one. */
  readonly route: Route | null;
}

/** A check that is made of requests; without any, `notAsked` says why. */
export interface TrialCheck {
  readonly name: string;
  readonly expected: string;
  readonly trials: readonly Trial[];
  readonly notAsked: string;
  /** What was found amiss apart from requests. */
  readonly amiss: readonly string[];
}

/** What answered a trial; null where the time was over before it was asked. */
export interface Outcome {
  readonly status: number;
  readonly mark: string;
  readonly answered: boolean;
  readonly error: string | null;
}

/** Asks the trials of a check, as many at a time as there are connections. */
export async function askTrials(url: string, trials: readonly Trial[], agent: Connections, deadline: number): Promise<(Outcome | null)[]> {
  return inParallel(
    trials,
    agent.most,
    async ({ request }) => {
      const answer = await ask(url, request, agent);
      return { status: answer.status, mark: markIn(answer), answered: isAnswered(answer), error: answer.error };
    },
    deadline,
  );
}

/** Holds the answers against the check. */
export function judgeTrials(plan: RolloutPlan, check: TrialCheck, outcomes: readonly (Outcome | null)[]): Check {
  const { name, expected, trials, amiss } = check;
  const verdicts = trials.map((trial, index) => judgeTrial(plan, trial, outcomes[index] ?? null));
  const wrong = [...amiss, ...verdicts.filter((verdict) => verdict.state === "fail").map(({ text }) => text)];
  const asked = verdicts.filter((verdict) => verdict.state !== "not asked").length;
  if (wrong.length > 0) return { name, state: "fail", expected, found: listSome(wrong) };
  const reasons = [...new Set(verdicts.filter((verdict) => verdict.state === "not asked").map(({ text }) => text))];
  if (asked === 0) return { name, state: "not asked", expected, found: reasons.length > 0 ? listSome(reasons) : check.notAsked };
  return { name, state: "pass", expected, found: `so in ${asked} requests${reasons.length === 0 ? "" : `; not asked: ${listSome(reasons)}`}` };
}

function judgeTrial(plan: RolloutPlan, trial: Trial, outcome: Outcome | null): { readonly state: Check["state"]; readonly text: string } {
  if (outcome === null) return { state: "not asked", text: "the time was over" };
  const { allowed, route, visitor, request } = trial;
  const { status, mark, answered, error } = outcome;
  if (error !== null) return { state: "fail", text: `${visitor}: ${error}` };
  if (allowed.includes(mark) && (answered || allowed.includes(""))) return { state: "pass", text: "" };
  if (route !== null && belongsToNarrowerRoute(plan, route, request, mark)) {
    return { state: "not asked", text: `a route of higher priority takes ${request.path}` };
  }
  return { state: "fail", text: `${visitor}: status ${status} from ${nameOfMark(plan, mark)}` };
}

/** A variant in the words of the plan, such as `voice-api/agent-enabled`. */
export function nameOfMark(plan: RolloutPlan, mark: string): string {
  if (mark === "") return "no variant";
  for (const [name, service] of Object.entries(plan.services)) {
    const variant = service.variants.find((other) => other.mark === mark);
    if (variant !== undefined) return `${name}/${variant.name}`;
  }
  return `a variant that is not planned (${mark})`;
}

import { z } from "zod/mini";
import { parseJsonOrNull } from "../model/parse-json.ts";

/** What went wrong with a cluster, in kinds that are handled differently. */
export type ClusterProblem =
  /** The kubeconfig, or what it says of the context, cannot be used. */
  | { readonly kind: "kubeconfig" }
  | { readonly kind: "context-missing"; readonly known: readonly string[] }
  /** No answer in time, or none that a client may trust. */
  | { readonly kind: "unreachable" }
  /** The credentials are not accepted, or could not be had. */
  | { readonly kind: "unauthorized" }
  | { readonly kind: "forbidden"; readonly verb: string; readonly resource: string; readonly namespace: string | null }
  | { readonly kind: "not-found" }
  /** The API server serves no such kind: its definition is missing. */
  | { readonly kind: "kind-missing" }
  | { readonly kind: "exists" }
  /** The object is no longer the one that was read. */
  | { readonly kind: "outdated" }
  /** Others own fields that were applied without force. */
  | { readonly kind: "conflict"; readonly managers: readonly string[]; readonly fields: readonly string[] }
  /** The API server refuses it for another reason: an admission, a quota, a field, or itself not being well. */
  | { readonly kind: "refused"; readonly status: number };

/** A failure of a cluster; its message is a sentence for people. */
export class ClusterError extends Error {
  readonly problem: ClusterProblem;

  constructor(problem: ClusterProblem, message: string) {
    super(message);
    this.name = "ClusterError";
    this.problem = problem;
  }
}

/** Whether a failure is of one kind. */
export function isProblem(error: unknown, kind: ClusterProblem["kind"]): error is ClusterError {
  return error instanceof ClusterError && error.problem.kind === kind;
}

/** Too many requests, and an API server or something before it that is not well. */
const PASSING: ReadonlySet<number> = new Set([429, 500, 502, 503, 504]);

/** Whether the same question may be answered in a moment: nothing came back, or the API server has too much to do or is not well. */
export function isTransient(error: unknown): error is ClusterError {
  if (!(error instanceof ClusterError)) return false;
  const { problem } = error;
  return problem.kind === "unreachable" || (problem.kind === "refused" && PASSING.has(problem.status));
}

/** What was asked of an API server, as far as a refusal has to say it. */
export interface Attempt {
  readonly context: string;
  readonly server: string;
  /** Verb of Kubernetes, such as `list`. */
  readonly verb: string;
  /** Plural and group, such as `ingressroutes.traefik.io`. */
  readonly resource: string;
  readonly namespace: string | null;
  /** Null for all objects of the resource. */
  readonly name: string | null;
}

const statusSchema = z.object({
  message: z._default(z.string(), ""),
  reason: z._default(z.string(), ""),
  details: z.optional(
    z.object({
      name: z.optional(z.string()),
      causes: z.optional(z.array(z.object({ reason: z._default(z.string(), ""), message: z._default(z.string(), ""), field: z._default(z.string(), "") }))),
    }),
  ),
});

/** The failure that an answer of an API server means. @param body a `Status` of Kubernetes, where it is one */
export function refusal(asked: Attempt, status: number, body: string): ClusterError {
  const parsed = statusSchema.safeParse(parseJsonOrNull(body));
  const { message, reason, details } = parsed.success ? parsed.data : { message: body.trim().slice(0, 300), reason: "", details: undefined };
  const where = asked.namespace === null ? "" : ` in namespace ${asked.namespace}`;
  const what = asked.name === null ? `${asked.resource}${where}` : `${asked.resource} ${asked.name}${where}`;
  const at = `cluster ${asked.context} (${asked.server})`;
  const fail = (problem: ClusterProblem, text: string): ClusterError => new ClusterError(problem, text);
  if (status === 401) return fail({ kind: "unauthorized" }, `The ${at} does not accept the credentials of its context: log in to it anew.`);
  if (status === 403 && /\bcannot [a-z]+ resource\b/.test(message)) {
    const { verb, resource, namespace, context } = asked;
    const flag = namespace === null ? "" : ` --namespace ${namespace}`;
    return fail(
      { kind: "forbidden", verb, resource, namespace },
      `The ${at} does not let us ${verb} ${what}. Ask for that right; to see whether it is there: kubectl --context ${context} auth can-i ${verb} ${resource}${flag}`,
    );
  }
  if (status === 404 && (reason !== "NotFound" || details?.name === undefined)) {
    return fail({ kind: "kind-missing" }, `The ${at} knows no ${asked.resource}: their definition is not installed there.`);
  }
  if (status === 404) return fail({ kind: "not-found" }, `The ${at} has no ${what}.`);
  if (status === 409 && reason === "AlreadyExists") return fail({ kind: "exists" }, `The ${at} has ${what} already.`);
  if (status === 409) {
    const causes = (details?.causes ?? []).filter((cause) => cause.reason === "FieldManagerConflict");
    if (causes.length === 0) return fail({ kind: "outdated" }, `Someone else changed ${what} of ${at} at the same time. Run it again.`);
    const managers = [...new Set(causes.flatMap((cause) => /conflict with "([^"]+)"/.exec(cause.message)?.[1] ?? []))].sort();
    const fields = [...new Set(causes.map(({ field }) => field))].sort();
    return fail({ kind: "conflict", managers, fields }, `${managers.join(" and ")} set ${fields.join(", ")} of ${what}, of ${at}; they are not taken over.`);
  }
  return fail({ kind: "refused", status }, `The ${at} refuses to ${asked.verb} ${what}: ${message === "" ? `status ${status}` : message}`);
}

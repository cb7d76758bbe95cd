import { type Diagnostic, errorsIn } from "./diagnostics.ts";

/**
 * Says in plain words why a cluster did not take an update, with what stands and what to do next; null where the
 * engine's report is of something else. The words come from the API server and from Pulumi's provider 4.25
 * (`pkg/await` and `pkg/provider`).
 */
export function explainCluster(report: string, stage: string): string | null {
  const errors = errorsIn(report).filter(({ type }) => type.startsWith("kubernetes:") || OWN.includes(type));
  if (errors.length === 0) return null;
  const told = [...new Set(errors.map(explainOne))];
  const stands = DELETING.test(report)
    ? "Everything new is in place, and visitors are led by it: of what is not needed any more, some is still there."
    : "What was applied before stays, and nothing that serves was taken away: an update deletes last.";
  return [...told, `${stands} When this is repaired: npx pulumi up --stack ${stage}`].join("\n");
}

/** The engine's word for an object that could not be deleted. Source: `getStepDoneDescription` of Pulumi 3.255, `pkg/backend/display`. */
const DELETING = /\*\*deleting failed\b/;

/** Resources of Sluice's own provider that speak for people already. */
const OWN = ["sluice-local:index:ReadyPods", "sluice-local:index:RoutingTaken", "sluice-local:index:WaveGate"];

interface Explanation {
  readonly pattern: RegExp;
  readonly say: (what: string, parts: readonly string[]) => string;
}

const EXPLANATIONS: readonly Explanation[] = [
  { pattern: /(?:before|after) hook ".+?\/kills-(?:before|after)" failed: ([^\n]+)/, say: (_what, [killed]) => killed ?? "" },
  {
    pattern: /exceeded quota: (\S+), requested: (.+?), used: (.+?), limited: ([^\n]+)/,
    say: (what, [quota, requested, used, limited]) =>
      `The quota ${quota} leaves no room for ${what}: it asks for ${requested}, there is ${used}, and the limit is ${limited}. Raise the quota, or lower what the stage asks for.`,
  },
  {
    pattern: /User "(.+?)" cannot (\w+) resource "(.+?)" in API group "(.*?)"/,
    say: (what, [user, verb, resource, group]) =>
      `${user} may not ${verb} ${resource}${group === "" ? "" : `.${group}`}, which ${what} needs. Grant the role sluice-update of docs/kubernetes-rbac.yaml; a preview names every right that is missing.`,
  },
  {
    pattern: /unable to create new content in namespace (\S+) because it is being terminated/,
    say: (what, [namespace]) => `The namespace ${namespace} is being deleted, so ${what} cannot be made. Make it anew once it is gone.`,
  },
  {
    pattern: /namespaces "(.+?)" not found/,
    say: (what, [namespace]) => `The namespace ${namespace} of ${what} is gone. Make it anew: kubectl create namespace ${namespace}`,
  },
  {
    pattern: /violates PodSecurity "(.+?)": ([^\n]+)/,
    say: (what, [level, reason]) => `The namespace allows only pods of the standard ${level}, which ${what} breaks: ${reason}.`,
  },
  {
    pattern: /(?:admission webhook "(.+?)" denied the request|ValidatingAdmissionPolicy '(.+?)' with binding '.+?' denied request): ([^\n]+)/,
    say: (what, [webhook, policy, reason]) =>
      `${webhook === "" ? `The policy ${policy}` : `The webhook ${webhook}`} of the cluster refuses ${what}: ${reason}.`,
  },
  {
    pattern: /failed calling webhook "(.+?)": ([^\n]+)/,
    say: (what, [webhook, reason]) =>
      `The webhook ${webhook} does not answer, and the cluster takes nothing that it has not seen, ${what} neither: ${reason}. Whoever runs it must repair it.`,
  },
  {
    pattern: /strict decoding error: ([^\n]+)|unknown field "([^\n]+)/,
    say: (what, [strict, field]) =>
      `The cluster's definitions are older than what ${what} needs: ${strict === "" ? `unknown field "${field}` : strict}. A preview says how to renew them.`,
  },
  { pattern: /is invalid: ([^\n]+)/, say: (what, [reason]) => `The API server refuses ${what}: ${reason}. Change it in the config of the stage.` },
  {
    pattern: /(connection refused|cluster is unreachable|connection reset|i\/o timeout|no route to host|TLS handshake timeout|unexpected EOF|no such host)/,
    say: (what, [reason]) =>
      `The API server went away as ${what} was applied (${reason}). Traefik leads visitors by what it has read; see that the API server is there again.`,
  },
];

function explainOne(diagnostic: Diagnostic): string {
  if (OWN.includes(diagnostic.type)) return diagnostic.message;
  const what = nameOf(diagnostic);
  const conflict = conflictIn(diagnostic.message);
  if (conflict !== null) return describeConflict(what, conflict);
  for (const { pattern, say } of EXPLANATIONS) {
    const found = pattern.exec(diagnostic.message);
    if (found !== null)
      return say(
        what,
        found.slice(1).map((part: string | undefined) => part ?? ""),
      );
  }
  return `${what}: ${diagnostic.message.replace(/resource "?urn:\S+"? was not successfully (\w+) by the Kubernetes API server/, "it was not $1")}`;
}

/** Kind, cluster and name, such as `Deployment voice-api--base-1f0c2a9b of cluster main`. */
function nameOf({ type, name }: Diagnostic): string {
  const kind = type.split(":").at(-1) ?? type;
  const [cluster = "", ...rest] = name.split("/");
  return rest.length === 0 ? `${kind} ${name}` : `${kind} ${rest.join("/")} of cluster ${cluster}`;
}

interface Conflict {
  readonly managers: readonly string[];
  readonly fields: readonly string[];
  /** Whether all that they did was to scale: by hand, or as an autoscaler of others. */
  readonly scaled: boolean;
}

/** The conflict of a server-side apply; one manager in one line, several in a list. Source: NewConflictError of k8s.io/apimachinery 0.34. */
function conflictIn(message: string): Conflict | null {
  if (!/Apply failed with \d+ conflict/.test(message)) return null;
  const found = [...message.matchAll(/conflicts? with "(.+?)"( with subresource "scale")?/g)];
  const managers = found.map(([, manager = ""]) => manager);
  const fields = [...message.matchAll(/(?:^- |: )(\.\S+)/gm)].map(([, field = ""]) => field);
  return { managers: [...new Set(managers)], fields: [...new Set(fields)], scaled: found.every(([, , scaled]) => scaled !== undefined) };
}

function describeConflict(what: string, { managers, fields, scaled }: Conflict): string {
  const who = managers.join(" and ");
  if (scaled) {
    return `${who} scaled ${what}, and Sluice takes nothing over that others set. Scale it to what the config of the stage asks for, or ask there for replicas or autoscaling as it should be (kubernetes.services).`;
  }
  const [sets, applies] = managers.length === 1 ? ["sets", "applies"] : ["set", "apply"];
  return `${who} also ${sets} ${fields.join(", ")} of ${what}, and Sluice takes nothing over that others apply. Take ${fields.length === 1 ? "it" : "them"} out of what ${who} ${applies}; kubectl get --show-managed-fields -o yaml shows who set what.`;
}

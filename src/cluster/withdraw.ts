import { z } from "zod/mini";
import { withdrawFromFlagd } from "../flagd/withdraw.ts";
import { FIELD_MANAGER } from "../kubernetes/labels.ts";
import { FLAGD } from "../kubernetes/names.ts";
import { TRAEFIK_API } from "../kubernetes/routing-types.ts";
import { type ClusterWithdrawal, withdrawFromCluster } from "../kubernetes/withdraw.ts";
import type { Withdrawal } from "../traefik/withdraw.ts";
import type { ClusterClient, Manifest } from "./client.ts";
import { isProblem, isTransient } from "./errors.ts";
import { type Home, type LiveMetadata, type LiveStage, readLiveStage } from "./live-stage.ts";

/** How often a change begins anew because someone else was quicker. */
const TRIES = 20;
/** How often it does for what an API server that has too much to do left out. */
const PARTIAL_TRIES = 5;

/** What a kill has changed in one cluster. */
export interface Taken {
  /** The stage as it was before the last of the changes. */
  readonly before: LiveStage;
  readonly withdrawal: ClusterWithdrawal;
  /** What could not be changed while other parts were; null where all was. */
  readonly left: string | null;
  /** Why the flagd document still has the flag; null when it has not. */
  readonly flagd: string | null;
}

export interface WithdrawOptions {
  /** Whether pods are looked at before traffic is led to them; false for a cluster without nodes. */
  readonly wait: boolean;
}

/**
 * Takes flags and routes out of what a cluster leads visitors by as it is now, whoever wrote it last, and out of its flagd document.
 * @throws ClusterError when nothing of the routing could be changed
 */
export async function withdrawFrom(client: ClusterClient, home: Home, withdrawal: Withdrawal, options: WithdrawOptions): Promise<Taken> {
  const [routing, flagd] = await Promise.all([withdrawRouting(client, home, withdrawal, options), withdrawFlagd(client, home, withdrawal.flags)]);
  return { ...routing, flagd };
}

async function withdrawRouting(client: ClusterClient, home: Home, kill: Withdrawal, { wait }: WithdrawOptions): Promise<Omit<Taken, "flagd">> {
  let changed = false;
  for (let tries = 1; ; tries += 1) {
    const before = await readLiveStage(client, home);
    const withdrawal = withdrawFromCluster(before.routing, kill, (leaf) => !wait || before.carrying.has(leaf));
    const results = await Promise.allSettled(changesOf(client, home, before, withdrawal));
    const failures = results.flatMap((result) => (result.status === "rejected" ? [errorOf(result.reason)] : []));
    const [failure] = failures;
    if (failures.some((error) => isProblem(error, "outdated")) && tries < TRIES) continue;
    changed ||= failures.length < results.length;
    if (changed && failures.some(isTransient) && tries < PARTIAL_TRIES) continue;
    if (failure !== undefined && !changed) throw failure;
    const unreadable = before.unreadable.map((name) => `${name} is not as Sluice writes it`);
    const reasons = [...failures.map(({ message }) => message), ...unreadable];
    return { before, withdrawal, left: reasons.length === 0 ? null : reasons.join(" ") };
  }
}

/** The changes, each begun at once; of an object that is no longer as it was read, none is made. */
function changesOf(client: ClusterClient, { namespace }: Home, before: LiveStage, withdrawal: ClusterWithdrawal): Promise<unknown>[] {
  const apply = (kind: string, name: string, spec: object): Promise<void> => {
    const own = before.metadata.get(`${kind} ${name}`);
    if (own === undefined) return Promise.resolve();
    return client.apply(manifestOf({ apiVersion: TRAEFIK_API, kind, namespace }, own, { spec }), { manager: FIELD_MANAGER, force: true });
  };
  return [
    ...withdrawal.slots.map(({ name, spec }) => apply("TraefikService", name, spec)),
    ...withdrawal.middlewares.map(({ name, spec }) => apply("Middleware", name, spec)),
    ...withdrawal.routesGone.map((name) => client.delete({ apiVersion: TRAEFIK_API, kind: "IngressRoute", namespace, name }, null)),
  ];
}

function errorOf(reason: unknown): Error {
  return reason instanceof Error ? reason : new Error(String(reason));
}

function manifestOf(
  { apiVersion, kind, namespace }: { readonly apiVersion: string; readonly kind: string; readonly namespace: string },
  { name, resourceVersion, labels, annotations }: LiveMetadata,
  content: Readonly<Record<string, unknown>>,
): Manifest {
  return { apiVersion, kind, metadata: { name, namespace, resourceVersion, labels, annotations }, ...content };
}

const strings = z._default(z.record(z.string(), z.string()), {});
const flagdSchema = z.object({ metadata: z.object({ name: z.string(), resourceVersion: z.string(), labels: strings, annotations: strings }), data: strings });
const FLAGD_KEY = "flags.json";

/** @returns why it could not be done; null when it was, or there is nothing to do */
async function withdrawFlagd(client: ClusterClient, { namespace }: Home, flags: readonly string[]): Promise<string | null> {
  if (flags.length === 0) return null;
  const kind = { apiVersion: "v1", kind: "ConfigMap", namespace };
  for (let tries = 1; ; tries += 1) {
    try {
      const found = await client.find({ ...kind, name: FLAGD }, flagdSchema);
      const text = found?.data[FLAGD_KEY];
      if (found === null || text === undefined) return null;
      const data = { ...found.data, [FLAGD_KEY]: withdrawFromFlagd(text, flags) };
      if (data[FLAGD_KEY] === text) return null;
      await client.apply(manifestOf(kind, found.metadata, { data }), { manager: FIELD_MANAGER, force: true });
      return null;
    } catch (error) {
      if (isProblem(error, "outdated") && tries < TRIES) continue;
      return error instanceof Error ? error.message : String(error);
    }
  }
}

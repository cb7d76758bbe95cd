import { z } from "zod/mini";
import type { ClusterClient, Manifest } from "../../cluster/client.ts";
import { isProblem } from "../../cluster/errors.ts";
import { editClusterKills, readClusterKills } from "../../cluster/standing-kills.ts";
import { adding, ending, type StandingKill } from "../../files/standing-kills.ts";
import { withdrawFromFlagd } from "../../flagd/withdraw.ts";
import { FIELD_MANAGER } from "../../kubernetes/labels.ts";
import { FLAGD } from "../../kubernetes/names.ts";
import { TRAEFIK_API } from "../../kubernetes/routing-types.ts";
import { type ClusterWithdrawal, withdrawFromCluster } from "../../kubernetes/withdraw.ts";
import { type Home, type LiveMetadata, type LiveStage, readLiveStage } from "./live-stage.ts";

/** How often a change begins anew because someone else was quicker. */
const TRIES = 20;

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

export interface TakeOffOptions {
  /** Whether pods are looked at before traffic is led to them; false for a cluster without nodes. */
  readonly wait: boolean;
}

/**
 * Notes a kill in a cluster, so that updates which do not know of it leave it alone, and takes its flags and routes
 * out of the routing. Needs neither engine, nor state, nor config.
 * @throws ClusterError when nothing could be changed; all is as before then
 */
export async function takeOffInCluster(client: ClusterClient, home: Home, kill: StandingKill, options: TakeOffOptions): Promise<Taken> {
  const [first, stood] = await Promise.all([readLiveStage(client, home), readClusterKills(client, home.namespace).catch(() => [])]);
  // Before the routing: an update that begins after us finds it.
  await editClusterKills(client, home, adding(kill));
  try {
    const [changed, flagd] = await Promise.all([withdrawFrom(client, home, kill, options, first), takeOffFlagd(client, home, kill.flags)]);
    return { ...changed, flagd };
  } catch (error) {
    const before = stood.find(({ subject }) => subject === kill.subject);
    await editClusterKills(client, home, before === undefined ? ending(kill.subject) : adding(before));
    throw error;
  }
}

/**
 * Takes what a kill names out of the routing as it is now, whoever wrote it last.
 * @param first the stage as it was read; null to read it
 * @throws ClusterError when nothing of it could be changed
 */
export async function withdrawFrom(
  client: ClusterClient,
  home: Home,
  kill: StandingKill,
  { wait }: TakeOffOptions,
  first: LiveStage | null,
): Promise<Omit<Taken, "flagd">> {
  let read = first;
  for (let tries = 1; ; tries += 1) {
    const before: LiveStage = read ?? (await readLiveStage(client, home));
    const withdrawal = withdrawFromCluster(before.routing, kill, (leaf) => !wait || before.carrying.has(leaf));
    const results = await Promise.allSettled(changesOf(client, home, before, withdrawal));
    const failures = results.flatMap((result) => (result.status === "rejected" ? [errorOf(result.reason)] : []));
    const [failure] = failures;
    const unreadable = before.unreadable.map((name) => `${name} is not as Sluice writes it`);
    if (failures.some((error) => isProblem(error, "outdated")) && tries < TRIES) {
      read = null;
      continue;
    }
    if (failure !== undefined && failures.length === results.length) throw failure;
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
async function takeOffFlagd(client: ClusterClient, { namespace }: Home, flags: readonly string[]): Promise<string | null> {
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

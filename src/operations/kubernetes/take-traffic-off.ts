import type { Home } from "../../cluster/live-stage.ts";
import type { Taken, WithdrawOptions } from "../../cluster/withdraw.ts";
import type { StandingKill } from "../../files/standing-kills.ts";
import type { Edge } from "../../model/target.ts";
import type { TrafficOff } from "../site.ts";
import { awaitTakenOff } from "./await-taken-off.ts";
import { asOperationError, type Clusters } from "./clusters.ts";
import { takeOffInCluster } from "./take-off.ts";

/**
 * Takes traffic off in every cluster of a stage at the same time; one that fails keeps no other from it.
 * @param started moment from which the time is taken, by `performance.now()`
 * @throws Error naming each failure, when nothing could be changed in any
 */
export async function takeTrafficOffClusters(
  clusters: Clusters,
  edges: readonly Edge[],
  home: Home,
  kill: StandingKill,
  options: WithdrawOptions,
  started: number,
): Promise<TrafficOff> {
  const results = await Promise.all(
    edges.map(async (edge) => {
      try {
        const taken = await takeOffInCluster(await clusters.open(edge.name), home, kill, options);
        return { cluster: edge.name, ...(await lookAfter(edge, home, taken, started)), taken };
      } catch (error) {
        return { cluster: edge.name, failure: sentence(asOperationError(edge.name, error).message) };
      }
    }),
  );
  const failed = results.flatMap((result) => (result.failure === undefined ? [] : [result.failure]));
  const done = results.flatMap((result) => (result.failure === undefined ? [result] : []));
  if (done.length === 0) throw new Error(failed.join(" "));
  const alone = edges.length === 1;
  const untaken = [...failed.map((failure) => `it is still on in ${failure}`), ...done.flatMap(({ untaken: own }) => own ?? [])];
  const afters = done.map(({ after }) => after);
  const flagd = done.flatMap(({ cluster, taken }) => (taken.flagd === null ? [] : [`${cluster}: ${taken.flagd}`]));
  return {
    after: untaken.length > 0 || afters.includes(null) ? null : Math.max(...afters.map((after) => after ?? 0)),
    stranded: done.flatMap(({ cluster, taken }) => taken.withdrawal.stranded.map((leaf) => (alone ? leaf : `${leaf} in ${cluster}`))),
    untaken: untaken.length === 0 ? null : untaken.join(" And "),
    flagd: flagd.length === 0 ? null : flagd.join(" "),
  };
}

async function lookAfter(
  { name, api }: Edge,
  { namespace }: Home,
  taken: Taken,
  started: number,
): Promise<{ readonly failure?: undefined; readonly after: number | null; readonly untaken: string | null }> {
  const left = taken.left === null ? null : `it is still on in ${name}: ${sentence(taken.left)}`;
  const seen = api === null ? null : await awaitTakenOff(api, namespace, taken);
  const after = seen === true ? performance.now() - started : null;
  const late = seen === false ? `the Traefik of ${name} at ${api ?? ""} still routes as before: see in its log whether it reaches the API server.` : null;
  return { after, untaken: left ?? late };
}

/** Ends in a full stop, as what follows it is a sentence of its own. */
function sentence(text: string): string {
  return /[.!?]$/.test(text) ? text : `${text}.`;
}

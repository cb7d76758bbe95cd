import type { Home } from "../../cluster/live-stage.ts";
import { type WithdrawOptions, withdrawFrom } from "../../cluster/withdraw.ts";
import type { StandingKill } from "../../files/standing-kills.ts";
import { poll } from "../../net/poll.ts";
import type { Clusters } from "./clusters.ts";

/** How long an update is waited for, and how often one looks what it has written, in milliseconds. */
const GUARD_LIMIT = 300_000;
const EVERY = 200;

/**
 * Waits for the end of an update that began before the kill was noted, so that another can take the kill up. The update
 * leaves off what was killed by itself (`src/cluster/kill-guard.ts`); what one may still bring back that is killed in
 * the moment between its writing and its look is taken out here. A cluster that does not answer is passed over: the
 * update cannot write there either.
 * @param underWay whether an update of the stage is
 */
export async function keepOffClusters(
  clusters: Clusters,
  home: Home,
  kill: StandingKill,
  options: WithdrawOptions,
  underWay: () => Promise<boolean>,
): Promise<void> {
  const look = async (name: string): Promise<unknown> => withdrawFrom(await clusters.open(name), home, kill, options).catch(() => null);
  await poll(
    async () => {
      // Asked before the look: what is written between the two is seen by the next.
      const ended = !(await underWay());
      await Promise.all(clusters.names.map((name) => look(name).catch(() => null)));
      return ended;
    },
    GUARD_LIMIT,
    EVERY,
  );
}

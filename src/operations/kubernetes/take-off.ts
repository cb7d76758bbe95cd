import type { ClusterClient } from "../../cluster/client.ts";
import type { Home } from "../../cluster/live-stage.ts";
import { editClusterKills, readClusterKills } from "../../cluster/standing-kills.ts";
import { type Taken, type WithdrawOptions, withdrawFrom } from "../../cluster/withdraw.ts";
import { adding, ending, type StandingKill } from "../../files/standing-kills.ts";

/**
 * Notes a kill in a cluster, so that no update brings back what it names, and takes that out of the routing. Needs neither
 * engine, nor state, nor config.
 * @throws ClusterError when nothing could be changed; all is as before then
 */
export async function takeOffInCluster(client: ClusterClient, home: Home, kill: StandingKill, options: WithdrawOptions): Promise<Taken> {
  const stood = await readClusterKills(client, home.namespace).catch(() => []);
  // Before the look at the routing: an update that writes after that look finds the note (`src/cluster/kill-guard.ts`).
  await editClusterKills(client, home, adding(kill));
  try {
    return await withdrawFrom(client, home, kill, options);
  } catch (error) {
    const before = stood.find(({ subject }) => subject === kill.subject);
    await editClusterKills(client, home, before === undefined ? ending(kill.subject) : adding(before));
    throw error;
  }
}

import type { StandingKill } from "../files/standing-kills.ts";
import { killsBeyond } from "../model/kills.ts";
import { askAfresh } from "../net/ask-afresh.ts";
import { type Clock, systemClock } from "../net/clock.ts";
import type { Withdrawal } from "../traefik/withdraw.ts";
import type { ClusterClient } from "./client.ts";
import { isTransient } from "./errors.ts";
import type { Home } from "./live-stage.ts";
import { editClusterKills, readClusterKills } from "./standing-kills.ts";
import { type WithdrawOptions, withdrawFrom } from "./withdraw.ts";

/** Keeps an update from leading anyone to what was killed in a cluster after the update had begun. */
export interface KillGuard {
  /** Asked before something is written that leads visitors. @throws Error naming what was killed; nothing is to be written then */
  readonly before: () => Promise<void>;
  /** Asked once it is written: takes off again what was killed in between. @throws Error naming what was killed */
  readonly after: () => Promise<void>;
}

/** What an update knows of kills. */
export interface KnownKills extends Home {
  /** Subjects that its config kills, and those that stood in a cluster as it began. */
  readonly known: readonly string[];
}

/** How long an API server may be away or not well, in milliseconds, and how often it is asked. */
const LIMIT = 60_000;
const PAUSE = 250;

/**
 * The guard of one cluster. A kill notes itself first and reads the routing then; an update writes first and reads the
 * notes then: of the two, the later one sees the other, so no order of them leaves visitors where the kill took them off.
 */
export function guardKills(client: ClusterClient, update: KnownKills, options: WithdrawOptions, clock: Clock = systemClock): KillGuard {
  const look = askAfresh(() => insist(() => findNewKills(client, update), clock));
  return {
    async before() {
      const kills = await look();
      if (kills.length > 0) throw new Error(killedMeanwhile(kills, update));
    },
    async after() {
      const kills = await look();
      if (kills.length === 0) return;
      const { left, flagd } = await insist(() => withdrawFrom(client, update, allOf(kills), options), clock);
      const still = [left, flagd].filter((reason) => reason !== null).map((reason) => ` It is still on: ${reason}`);
      throw new Error(`${killedMeanwhile(kills, update)}${still.join("")}`);
    },
  };
}

/**
 * Ends an update of a cluster: takes off once more whatever stands killed there, should an engine that died have brought it
 * back, and ends the standing of what the update has taken up.
 * @param killed subjects that its config kills by itself
 * @throws ClusterError; Error when the notes cannot be used
 */
export async function takeUpKills(client: ClusterClient, home: Home, killed: readonly string[], options: WithdrawOptions): Promise<void> {
  const standing = await readClusterKills(client, home.namespace);
  if (standing.length === 0) return;
  await withdrawFrom(client, home, allOf(standing), options);
  await editClusterKills(client, home, (kills) => killsBeyond(kills, killed));
}

function allOf(kills: readonly StandingKill[]): Withdrawal {
  return { flags: kills.flatMap(({ flags }) => flags), routes: kills.flatMap(({ routes }) => routes) };
}

/** The kills that an update does not know of. @throws ClusterError; Error when the notes cannot be used */
export async function findNewKills(client: ClusterClient, { namespace, known }: KnownKills): Promise<readonly StandingKill[]> {
  return killsBeyond(await readClusterKills(client, namespace), known);
}

/** What an update ends with that a kill has overtaken. */
export function killedMeanwhile(kills: readonly StandingKill[], { stage }: Pick<Home, "stage">): string {
  const subjects = [...new Set(kills.map(({ subject }) => subject))].sort();
  const [first = ""] = subjects;
  return `${subjects.join(", ")} ${subjects.length === 1 ? "was killed after this update had begun, and stays" : "were killed after this update had begun, and stay"} off: the update leads nobody on by its plan. Run it again; to end the kill: npx sluice revive ${first} --stage ${stage} --reason <why>`;
}

/** Asks again while an API server is away or not well for a moment. */
async function insist<T>(ask: () => Promise<T>, clock: Clock): Promise<T> {
  const limit = clock.now().getTime() + LIMIT;
  for (;;) {
    try {
      return await ask();
    } catch (error) {
      if (!isTransient(error) || clock.now().getTime() >= limit) throw error;
    }
    await clock.wait(PAUSE, new AbortController().signal);
  }
}

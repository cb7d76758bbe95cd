import type { StandingKill } from "../files/standing-kills.ts";
import type { Edge } from "../model/target.ts";
import type { RouterDifference } from "./compare-routers.ts";
import type { DriftedPart } from "./drift.ts";
import type { Checkpoint } from "./state-files.ts";

/** A stage where it runs: looked at and, in a kill, changed without the engine. */
export interface Site {
  readonly edges: readonly Edge[];
  readonly standingKills: KillStore;
  /** What is not as a state says. */
  findDrift(checkpoint: Checkpoint): Promise<DriftedPart[]>;
  /**
   * The routers that a running Traefik has.
   * @returns null when it does not answer
   */
  lookAtRouters(edge: Edge): Promise<RunningRouters | null>;
  /**
   * Takes traffic off flags and routes at once, and lets that stand against updates that do not know of it.
   * @param started moment from which the time is taken, by `performance.now()`
   * @throws Error when nothing could be changed; all is as before then
   */
  takeTrafficOff(kill: StandingKill, started: number): Promise<TrafficOff>;
  /**
   * Sees that traffic stays off while an update goes on that began before the kill, and so knows nothing of it.
   * @param underWay whether it still does
   */
  keepOff(kill: StandingKill, underWay: () => Promise<boolean>): Promise<void>;
}

/** The kills that no update has taken up. */
export interface KillStore {
  /** Where they are, for people. */
  readonly place: string;
  read(): Promise<readonly StandingKill[]>;
  edit(change: (kills: readonly StandingKill[]) => readonly StandingKill[]): Promise<void>;
}

/** The routers of one Traefik. */
export interface RunningRouters {
  /** As `name service rule`, by the names of Sluice where they are of a stage's documents. */
  readonly routers: readonly string[];
  /** How they differ from those of a state. */
  compare(checkpoint: Checkpoint): RouterDifference;
}

/** What came of taking traffic off without the engine. */
export interface TrafficOff {
  /** Milliseconds until Traefik routed without the flag; null when no Traefik of the stage is running, or it was not seen to. */
  readonly after: number | null;
  /** Variants that are still served, because none that could take over is running. */
  readonly stranded: readonly string[];
  /** Copies of Traefik's document in its folder, by which it would have led visitors: they have another ending now. */
  readonly setAside?: readonly string[];
  /** Why visitors may still be led as before, in words that go on after "but"; null when they are not. */
  readonly untaken: string | null;
  /** Whether the document is gone by which Traefik still routes, so that only an update with refresh writes it anew. */
  readonly lost?: boolean;
  /** Why the flagd document still has the flag; null when it has not. */
  readonly flagd: string | null;
}

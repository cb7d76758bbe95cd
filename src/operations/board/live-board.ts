import { setTimeout as sleep } from "node:timers/promises";
import { flagNamesOf, readProject } from "../project.ts";
import type { Board } from "./board.ts";
import { watchMetrics } from "./metrics.ts";
import { type InFull, readBoard } from "./read-board.ts";
import { readStages, type StageReading } from "./stage-reading.ts";
import { fingerprintState } from "./state-fingerprint.ts";

/** A board that knows when what it shows has changed. */
export interface LiveBoard {
  /** @throws OperationError when there is no project */
  read(inFull: InFull): Promise<Board>;
  /** Calls back when something that it shows has changed. @returns what ends that */
  onChange(listener: () => void): () => void;
  stop(): Promise<void>;
}

/** In milliseconds: how often files are looked at, how often metrics are, and after how long what only time changes is shown anew. */
export interface Pace {
  readonly files: number;
  readonly metrics: number;
  readonly time: number;
}

const PACE: Pace = { files: 1_000, metrics: 5_000, time: 30_000 };
/** How long what was read may be shown again, in milliseconds: several readers at once cost one reading. */
const FRESH = 500;

/**
 * Begins to watch the files of a project and the metrics of its stages; waits for the first look at both.
 * @param onError is told what a later look failed of; the next is taken all the same
 */
export async function startLiveBoard(root: string, now: () => Date, onError: (error: unknown) => void, pace: Pace = PACE): Promise<LiveBoard> {
  const watch = watchMetrics();
  const listeners = new Set<() => void>();
  const ending = new AbortController();
  const known = new Map<string, { readonly at: number; readonly board: Promise<Board> }>();
  let state = { fingerprint: "", stages: noStages() };

  const changed = (): void => {
    known.clear();
    for (const listener of listeners) listener();
  };
  const lookAtFiles = async (): Promise<void> => {
    const fingerprint = await fingerprintState(root);
    if (fingerprint === state.fingerprint) return;
    state = { fingerprint, stages: await readWatched(root) };
    changed();
  };
  const read = async (inFull: InFull): Promise<Board> => {
    await lookAtFiles();
    const { stages } = state.stages;
    return readBoard(root, inFull, now(), watch.read, stages.length === 0 ? undefined : () => Promise.resolve(stages));
  };
  const lookAtMetrics = async (): Promise<void> => watch.look(state.stages.stages, state.stages.flags, now());

  const every = async (pause: number, task: () => Promise<void>): Promise<void> => {
    const waited = (): Promise<boolean> => sleep(pause, true, { signal: ending.signal }).catch(() => false);
    while (await waited()) await task().catch(onError);
  };

  await lookAtFiles();
  await lookAtMetrics();
  const running = Promise.all([
    every(pace.files, lookAtFiles),
    every(pace.metrics, async () => {
      await lookAtMetrics();
      if (state.stages.stages.some(({ running: runs }) => runs !== null)) changed();
    }),
    every(pace.time, async () => changed()),
  ]);

  return {
    read(inFull) {
      const key = typeof inFull === "string" ? inFull : `flag ${inFull.flag}`;
      const found = known.get(key);
      if (found !== undefined && performance.now() - found.at < FRESH) return found.board;
      const board = read(inFull);
      known.set(key, { at: performance.now(), board });
      return board;
    },
    onChange(listener) {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    async stop() {
      ending.abort();
      await running;
    },
  };
}

interface Stages {
  readonly stages: readonly StageReading[];
  readonly flags: readonly string[];
}

function noStages(): Stages {
  return { stages: [], flags: [] };
}

/** What the metrics of stages follow from; what cannot be read is told by the board itself. */
async function readWatched(root: string): Promise<Stages> {
  try {
    const project = await readProject(root);
    return { stages: await readStages(project), flags: flagNamesOf(project) };
  } catch {
    return noStages();
  }
}

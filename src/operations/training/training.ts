import { edgesOf } from "../../model/target.ts";
import { ask } from "../../net/ask.ts";
import { startLoad } from "../../net/load.ts";
import { planRollout } from "../../plan/plan.ts";
import { probeRoutes } from "../../traffic/probe-routes.ts";
import { type ClaimedPorts, claimFreePorts } from "../demo/scratch-project.ts";
import { OperationError } from "../errors.ts";
import { modelOf, type Project, readProject, readStackFile } from "../project.ts";
import { serve } from "../serve/serve.ts";
import { readStageFacts } from "../status/stage-facts.ts";
import type { Exercise } from "./exercise.ts";
import { exerciseOf } from "./exercises.ts";
import { makeGround, readNotes, stagesOfExercise, writeNotes } from "./ground.ts";
import type { Finding, SeenStage } from "./seen.ts";

/** Requests a second that visitors send to each stage. */
const RATE = 20;
/** Newcomers that are asked for a check: with half of the answers of a quarter failing, hardly ever all go well. */
const NEWCOMERS = 60;
const PATH = "/voice";
const GATED_PATH = "/agent";

/** An exercise whose stages are served. */
export interface Begun {
  readonly project: Project;
  readonly exercise: Exercise;
  /** Where each stage is served. */
  readonly addresses: Readonly<Record<string, string>>;
  /** Resolves with the stage whose Traefik ended by itself. */
  readonly failed: Promise<string>;
  stop(): Promise<void>;
}

/**
 * Begins an exercise: makes its project, serves its stages, sends visitors, and puts the fault in.
 * @param binary path of Traefik
 * @throws OperationError where the exercise is under way already, or no ports are free
 */
export async function beginExercise(home: string, folder: string, number: number, binary: string, onProgress: (text: string) => void): Promise<Begun> {
  const exercise = exerciseOf(number);
  const ports = await claimFreePorts();
  try {
    const project = await makeGround(home, folder, exercise, ports.first, onProgress);
    onProgress("serving");
    return await serveExercise(project, exercise, binary, ports);
  } catch (error) {
    await ports.release();
    throw error;
  }
}

async function serveExercise(project: Project, exercise: Exercise, binary: string, ports: ClaimedPorts): Promise<Begun> {
  const { number } = exercise;
  const stages = stagesOfExercise(exercise);
  const serving = await serve(project, stages, binary, () => undefined).catch((error: unknown) => {
    // The ports of an exercise are nobody's to choose.
    if (!(error instanceof OperationError) || error.failure !== "busy") throw error;
    throw new OperationError(
      "busy",
      `Something else has taken a port of exercise ${number} meanwhile. Start it anew, on others: npx sluice training start ${number}`,
    );
  });
  const addresses = Object.fromEntries(await Promise.all(stages.map(async (stage) => [stage, await urlOf(project, stage)] as const)));
  const loads = Object.values(addresses).map((url) => startLoad(url, [{ path: PATH }], { clients: 2, rate: RATE }, () => undefined));
  const stop = async (): Promise<void> => {
    await Promise.all(loads.map((load) => load.stop()));
    await serving.stop();
    await ports.release();
  };
  try {
    await exercise.spoil(project);
    await writeNotes(project.root, number, new Date());
  } catch (error) {
    await stop();
    throw error;
  }
  return { project, exercise, addresses, failed: serving.failed, stop };
}

async function urlOf(project: Project, stage: string): Promise<string> {
  const { settings } = modelOf(project, stage, (await readStackFile(project, stage)).config);
  return edgesOf(settings.target)[0]?.url ?? "";
}

/** What an exercise asks for, and what of it is there. */
export interface Checked {
  readonly exercise: Exercise;
  readonly findings: readonly Finding[];
}

/** Looks at what is really there, and holds it against the task. @throws OperationError (`missing`) where no exercise was begun in the folder */
export async function checkExercise(folder: string): Promise<Checked> {
  const notes = await readNotes(folder);
  if (notes === null) throw new OperationError("missing", `No exercise was begun in ${folder}. First, in a terminal of its own: npx sluice training start 1`);
  const exercise = exerciseOf(notes.exercise);
  const project = await readProject(folder);
  const stages = await Promise.all(stagesOfExercise(exercise).map(async (stage) => [stage, await lookAt(project, stage)] as const));
  return { exercise, findings: exercise.judge({ started: new Date(notes.started), stages: Object.fromEntries(stages) }) };
}

async function lookAt(project: Project, stage: string): Promise<SeenStage> {
  const facts = await readStageFacts(project, stage, true);
  const url = facts.applied === null ? null : (edgesOf(facts.applied.settings.target)[0]?.url ?? null);
  if (url === null || facts.applied === null || facts.traefik?.reachable !== true)
    return { facts, answers: null, gatedStatus: null, newcomers: { asked: 0, failed: 0 } };
  const answers = await probeRoutes(planRollout(facts.applied.catalog, facts.applied.settings), url);
  const gated = await ask(url, { path: GATED_PATH });
  const statuses = await Promise.all(Array.from({ length: NEWCOMERS }, async () => (await ask(url, { path: PATH })).status));
  return {
    facts,
    answers,
    gatedStatus: gated.status === 0 ? null : gated.status,
    newcomers: { asked: NEWCOMERS, failed: statuses.filter((status) => status !== 200).length },
  };
}

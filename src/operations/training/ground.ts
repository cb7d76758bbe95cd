import { mkdir, readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJsonOrNull } from "../../model/parse-json.ts";
import { makeScratchProject, scratchCatalog } from "../demo/scratch-project.ts";
import { engineOf } from "../engine.ts";
import { OperationError } from "../errors.ts";
import { isRunning } from "../is-running.ts";
import { type Project, readProject } from "../project.ts";
import { editStackFile } from "../stack-file.ts";
import { BYSTANDER, type Exercise, FLAG } from "./exercise.ts";

/** What is known of an exercise that was begun, in a file of its folder. */
const NOTES = "training.json";

const notesSchema = z.object({ exercise: z.int(), started: z.iso.datetime(), pid: z.int() });

export type Notes = Readonly<z.output<typeof notesSchema>>;

/** Where an exercise is done. */
export function groundFolder(home: string, exercise: number): string {
  return join(home, ".sluice", "training", String(exercise));
}

/** The notes of an exercise that was begun in a folder; null where none was. */
export async function readNotes(folder: string): Promise<Notes | null> {
  const parsed = notesSchema.safeParse(parseJsonOrNull(await readFile(join(folder, NOTES), "utf8").catch(() => "")));
  return parsed.success ? parsed.data : null;
}

/** Notes that the exercise begins now, with the process that serves its stages. */
export async function writeNotes(folder: string, exercise: number, started: Date): Promise<void> {
  const notes: Notes = { exercise, started: started.toISOString(), pid: process.pid };
  await writeFile(join(folder, NOTES), JSON.stringify(notes));
}

/**
 * Makes a project for an exercise and brings its stages to where it starts from; what an earlier try left goes.
 * @param firstPort of the first stage
 * @param onProgress is told in words what is done
 * @throws OperationError (`busy`) where the exercise is under way already
 */
export async function makeGround(home: string, folder: string, exercise: Exercise, firstPort: number, onProgress: (text: string) => void): Promise<Project> {
  const before = await readNotes(folder);
  if (before !== null && before.pid !== process.pid && isRunning(before.pid)) {
    throw new OperationError(
      "busy",
      `Exercise ${before.exercise} is under way (process ${before.pid}). End it with Ctrl-C in its terminal, then start it anew.`,
    );
  }
  await rm(folder, { recursive: true, force: true });
  await mkdir(folder, { recursive: true });
  await makeScratchProject(home, folder, groundCatalog(home, exercise), firstPort);
  const project = await readProject(folder);
  for (const stage of stagesOfExercise(exercise)) await engineOf(project, stage).create();
  for (const { stage, settings } of exercise.updates) {
    onProgress(`pulumi up --stack ${stage}`);
    const entries = Object.entries(settings).map(([key, value]) => [`${project.name}:${key}`, value] as const);
    await editStackFile(project, stage, (config) => ({ ...config, ...Object.fromEntries(entries) }));
    await engineOf(project, stage).up("the exercise begins");
  }
  return project;
}

/** The stages that an exercise deploys, in order. */
export function stagesOfExercise(exercise: Exercise): string[] {
  return [...new Set(exercise.updates.map(({ stage }) => stage))];
}

const catalogSchema = z.looseObject({
  services: z.record(z.string(), z.looseObject({ command: z.array(z.string()) })),
  flags: z.record(z.string(), z.looseObject({})),
});

function groundCatalog(home: string, { policy, failsWith }: Exercise): unknown {
  const catalog = catalogSchema.parse(scratchCatalog(home, FLAG));
  const voice = catalog.services["voice-api"];
  const bystander = { description: "Show what was said", owner: "voice", expires: "9999-12-31", services: ["voice-api"] };
  return {
    ...catalog,
    services: { ...catalog.services, "voice-api": { ...voice, command: [...(voice?.command ?? []), ...(failsWith === null ? [] : [failsWith])] } },
    flags: { [FLAG]: { ...catalog.flags[FLAG], ...policy }, [BYSTANDER]: bystander },
  };
}

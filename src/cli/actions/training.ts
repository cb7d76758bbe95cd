import { relative } from "node:path";
import { EXERCISES } from "../../operations/training/exercises.ts";
import { groundFolder, readNotes } from "../../operations/training/ground.ts";
import { type Begun, beginExercise, type Checked, checkExercise } from "../../operations/training/training.ts";
import { requireTraefik } from "../../setup/traefik.ts";
import { EXIT } from "../exit-codes.ts";
import { paint } from "../style.ts";
import { waitForEnd } from "../wait-for-end.ts";

/** Prints the exercises. */
export async function list(home: string): Promise<number> {
  for (const { number, title } of EXERCISES) {
    const begun = (await readNotes(groundFolder(home, number))) !== null;
    process.stdout.write(`${number}  ${title}${begun ? "  (begun)" : ""}\n`);
  }
  return EXIT.ok;
}

/** Makes an exercise, tells its task, and serves its stages until a signal ends it; the folder stays. */
export async function start(home: string, number: number): Promise<number> {
  const folder = groundFolder(home, number);
  const ended = waitForEnd(false);
  const begun = await beginExercise(home, folder, number, await requireTraefik(), (text) => process.stdout.write(`${text}\n`));
  process.stdout.write(`${renderTask(begun, relative(process.cwd(), folder))}\n`);
  const why = await Promise.race([ended, begun.failed.then(() => null)]);
  await begun.stop();
  return why === null ? EXIT.failed : EXIT.ok;
}

function renderTask({ exercise: { number, title, task }, addresses }: Pick<Begun, "exercise" | "addresses">, folder: string): string {
  const lines = [
    paint("strong", `Exercise ${number}: ${title}`),
    "",
    ...task,
    "",
    `In another terminal: cd ${folder}; export PULUMI_CONFIG_PASSPHRASE=""`,
    ...Object.entries(addresses).map(([stage, url]) => `${stage} is served at ${url}/voice`),
    "There are all commands as usual, such as npx sluice status. Passed or not: npx sluice training check",
    "",
    "Visitors are on their way. Ctrl-C here ends the exercise.",
  ];
  return `\n${lines.join("\n")}`;
}

/** Says whether an exercise is done. @returns 0 only where it is */
export async function check(home: string, root: string, number: number | undefined): Promise<number> {
  const checked = await checkExercise(number === undefined ? root : groundFolder(home, number));
  process.stdout.write(`${renderChecked(checked)}\n`);
  return checked.findings.every(({ met }) => met) ? EXIT.ok : EXIT.refused;
}

export function renderChecked({ exercise, findings }: Checked): string {
  const lines = findings.map(({ what, met, missing }) => (met ? `${paint("good", "yes")}  ${what}` : `${paint("bad", "no ")}  ${what}\n     ${missing}`));
  const left = findings.filter(({ met }) => !met).length;
  const end = left === 0 ? `exercise ${exercise.number}: passed` : `exercise ${exercise.number}: not passed, ${left} of ${findings.length} missing`;
  return [...lines, end].join("\n");
}

import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { traefikPath } from "../src/files/stage-folder.ts";
import { writeAtomically } from "../src/files/write-atomically.ts";
import { type MoodyProject, makeMoodyProject } from "../test/support/moody-project.ts";
import { makeEmptyProgram } from "./empty-program.ts";
import { escapeBy, RATE, untilOn } from "./escape.ts";
import { roundsOf } from "./extent.ts";
import { driftOf, kill, raiseTo, revive, rollBack } from "./flag-commands.ts";
import { leftOut, median, type Row } from "./rows.ts";
import { timePulumi, UP } from "./run-pulumi.ts";
import { benchSafetyOnKubernetes } from "./safety-on-kubernetes.ts";
import { makeTerraform } from "./terraform.ts";
import { underLoad } from "./under-load.ts";
import { type Escape, escapeRows } from "./way-to-safety.ts";

const ROUNDS = roundsOf(5);
/** Per cent of visitors who see the flag when it is taken off. */
const EXPOSURE = 25;
/** Milliseconds that a kill may take. */
const KILL_LIMIT = 300;
/** How many times what an update of an empty program and the edit by hand take together a rollback may take. */
const ROLLBACK_LIMIT = 1.5;

/** Sluice's rollback and kill beside what a person would do without them on the same stage, in turn. */
export async function benchSafety(): Promise<Row[]> {
  const test = await makeMoodyProject(["dev"]);
  const empty = await makeEmptyProgram();
  try {
    return [...(await benchLocal(test, empty)), ...(await benchSafetyOnKubernetes(Math.min(ROUNDS, 3)))];
  } finally {
    await test.remove();
    await rm(empty, { recursive: true, force: true });
  }
}

async function benchLocal(test: MoodyProject, empty: string): Promise<Row[]> {
  const url = test.urlOf("dev");
  const file = traefikPath(join(test.root, ".sluice", "dev"));
  const [on, off] = [join(test.root, "on.yaml"), join(test.root, "off.yaml")];
  const terraform = await makeTerraform(join(test.root, "terraform"), file);
  const escapes: Record<"renamed" | "inPlace" | "terraform" | "kill" | "rollback", Escape[]> = {
    renamed: [],
    inPlace: [],
    terraform: [],
    kill: [],
    rollback: [],
  };
  const updates: number[] = [];
  const seen = (way: () => Promise<void>): Promise<Escape> => escapeBy(url, way, () => driftOf(test));
  for (let round = 0; round < ROUNDS; round += 1) {
    process.stderr.write(`time to safety, round ${round + 1} of ${ROUNDS} …\n`);
    await raise(test);
    const text = await readFile(file, "utf8");
    const without = withoutFlag(text);
    const restore = async (): Promise<void> => {
      await writeAtomically(file, text, 0o600);
      await untilOn(url);
    };
    await writeFile(on, text);
    await writeFile(off, without);
    escapes.renamed.push(await seen(() => writeAtomically(file, without, 0o600)));
    await restore();
    escapes.inPlace.push(await seen(() => writeFile(file, without)));
    await restore();
    if (typeof terraform !== "string") {
      await terraform.apply(on);
      await untilOn(url);
      const wouldChange = async (): Promise<string | null> => ((await terraform.wouldChange(off)) ? "a plan would change it" : null);
      escapes.terraform.push(await escapeBy(url, () => terraform.apply(off), wouldChange));
      await restore();
    }
    updates.push((await underLoad(url, RATE, () => timePulumi(empty, UP))).result);
    // To the first: what stood before may be the kill of the round before.
    escapes.rollback.push(await seen(() => rollBack(test, "--to", "1")));
    await raise(test);
    escapes.kill.push(await seen(() => kill(test)));
    await revive(test);
  }
  const rollbackFloor = median(updates) + median(escapes.renamed.map(({ off }) => off));
  const rows = escapeRows([
    { what: "Traefik's file edited by hand and renamed into place, by a script that has it ready (the floor)", escapes: escapes.renamed, goal: null },
    { what: "the same, written over in place as an editor does", escapes: escapes.inPlace, goal: null },
    ...(typeof terraform === "string"
      ? []
      : [{ what: `${terraform.program} apply of the same file, as a local_file`, escapes: escapes.terraform, goal: null }]),
    { what: "sluice kill", escapes: escapes.kill, goal: { within: KILL_LIMIT } },
    { what: "sluice rollback", escapes: escapes.rollback, goal: { within: ROLLBACK_LIMIT * rollbackFloor } },
  ]);
  return typeof terraform === "string" ? [...rows, leftOut("Terraform", terraform)] : rows;
}

async function raise(test: MoodyProject): Promise<void> {
  await raiseTo(test, EXPOSURE);
  await untilOn(test.urlOf("dev"));
}

/** The document with the visitors of the flag's variant led to the one without it. */
function withoutFlag(text: string): string {
  return text.replaceAll(/("(?:service|name)":"voice-api)--agent-enabled"/g, '$1--base"');
}

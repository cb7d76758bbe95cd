import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { traefikPath } from "../src/files/stage-folder.ts";
import { writeAtomically } from "../src/files/write-atomically.ts";
import { type MoodyProject, makeMoodyProject } from "../test/support/moody-project.ts";
import { driftOf, escapeBy, kill, raiseTo, revive, succeed, untilOn } from "./escape.ts";
import type { Row } from "./rows.ts";
import { benchSafetyOnKubernetes } from "./safety-on-kubernetes.ts";
import { makeTerraform } from "./terraform.ts";
import { type Escape, escapeRows } from "./way-to-safety.ts";

const ROUNDS = Number(process.env["SLUICE_BENCH_ROUNDS"] ?? 5);
/** Per cent of visitors who see the flag when it is taken off. */
const EXPOSURE = 25;

/** Sluice's rollback and kill beside what a person would do without them on the same stage, in turn. */
export async function benchSafety(): Promise<Row[]> {
  const test = await makeMoodyProject(["dev"]);
  try {
    return [...(await benchLocal(test)), ...(await benchSafetyOnKubernetes(Math.min(ROUNDS, 3)))];
  } finally {
    await test.remove();
  }
}

async function benchLocal(test: MoodyProject): Promise<Row[]> {
  const url = test.urlOf("dev");
  const file = traefikPath(join(test.root, ".sluice", "dev"));
  const [on, off] = [join(test.root, "on.yaml"), join(test.root, "off.yaml")];
  const terraform = await makeTerraform(join(test.root, "terraform"), file);
  const escapes: Record<"renamed" | "inPlace" | "terraform" | "kill" | "rollback", Escape[]> = {
    ...{ renamed: [], inPlace: [], terraform: [], kill: [], rollback: [] },
  };
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
    escapes.rollback.push(await seen(() => succeed(test.sluice(["rollback", "--stage", "dev"]))));
    await raise(test);
    escapes.kill.push(await seen(() => kill(test)));
    await revive(test);
  }
  const ways = escapeRows([
    { what: "Traefik's file edited by hand and renamed into place, by a script that has it ready (the floor)", escapes: escapes.renamed },
    { what: "the same, written over in place as an editor does", escapes: escapes.inPlace },
    ...(typeof terraform === "string" ? [] : [{ what: `${terraform.program} apply of the same file, as a local_file`, escapes: escapes.terraform }]),
    { what: "sluice kill", escapes: escapes.kill },
    { what: "sluice rollback", escapes: escapes.rollback },
  ]);
  return typeof terraform === "string" ? [...ways, { what: "Terraform", measured: `left out: ${terraform}`, floor: "", ratio: "", limit: "" }] : ways;
}

async function raise(test: MoodyProject): Promise<void> {
  await raiseTo(test, EXPOSURE);
  await untilOn(test.urlOf("dev"));
}

/** The document with the visitors of the flag's variant led to the one without it. */
function withoutFlag(text: string): string {
  return text.replaceAll(/((?:service|name): voice-api)--agent-enabled$/gm, "$1--base");
}

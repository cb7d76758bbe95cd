import { readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import { traefikPath } from "../src/files/stage-folder.ts";
import { writeAtomically } from "../src/files/write-atomically.ts";
import { ask } from "../src/net/ask.ts";
import { type MoodyProject, makeMoodyProject } from "../test/support/moody-project.ts";
import { until } from "../test/support/wait.ts";
import type { Row } from "./rows.ts";
import { benchSafetyOnKubernetes } from "./safety-on-kubernetes.ts";
import { makeTerraform, type Terraform } from "./terraform.ts";
import { underLoad } from "./under-load.ts";
import { type Escape, escapeRows } from "./way-to-safety.ts";

const ROUNDS = Number(process.env["SLUICE_BENCH_ROUNDS"] ?? 5);
/** Requests a second: one every 5 ms, so that the last answer of a variant is known as exactly. */
const RATE = 200;
/** How long visitors come on after a way is at its end, in milliseconds: what it has set off shows within it. */
const AFTER = 500;

/** Sluice's rollback and kill beside what a person would do without them on the same stage, in turn. */
export async function benchSafety(): Promise<Row[]> {
  const test = await makeMoodyProject(["dev"]);
  try {
    return [...(await benchLocal(test)), ...(await benchSafetyOnKubernetes(ROUNDS, RATE, AFTER))];
  } finally {
    await test.remove();
  }
}

async function benchLocal(test: MoodyProject): Promise<Row[]> {
  const file = traefikPath(join(test.root, ".sluice", "dev"));
  const [on, off] = [join(test.root, "on.yaml"), join(test.root, "off.yaml")];
  const terraform = await makeTerraform(join(test.root, "terraform"), file);
  const escapes: Record<"renamed" | "inPlace" | "terraform" | "kill" | "rollback", Escape[]> = {
    ...{ renamed: [], inPlace: [], terraform: [], kill: [], rollback: [] },
  };
  for (let round = 0; round < ROUNDS; round += 1) {
    process.stderr.write(`time to safety, round ${round + 1} of ${ROUNDS} …\n`);
    await raise(test);
    const text = await readFile(file, "utf8");
    await writeFile(on, text);
    await writeFile(off, withoutFlag(text));
    const byHand = async (write: (text: string) => Promise<void>): Promise<Escape> => {
      const escape = await escapeBy(
        test,
        () => write(withoutFlag(text)),
        () => driftOf(test),
      );
      await restore(test, file, text);
      return escape;
    };
    escapes.renamed.push(await byHand((content) => writeAtomically(file, content, 0o600)));
    escapes.inPlace.push(await byHand((content) => writeFile(file, content)));
    if (typeof terraform !== "string") {
      escapes.terraform.push(await escapeByTerraform(test, terraform, on, off));
      await restore(test, file, text);
    }
    escapes.rollback.push(
      await escapeBy(
        test,
        () => run(test, ["rollback", "--stage", "dev"]),
        () => driftOf(test),
      ),
    );
    await raise(test);
    const kill = (): Promise<void> => run(test, ["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench"]);
    escapes.kill.push(await escapeBy(test, kill, () => driftOf(test)));
    await run(test, ["revive", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench", "--yes"]);
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

/** Takes the flag off by some way under load. @param leftBy says afterwards what is left to do */
async function escapeBy(test: MoodyProject, way: () => Promise<void>, leftBy: () => Promise<string | null>): Promise<Escape> {
  const seen = await underLoad(test.urlOf("dev"), RATE, async () => {
    const started = performance.now();
    await way();
    await sleep(AFTER);
    return started;
  });
  return { off: seen.lastOn - seen.result, requests: seen.requests, lost: seen.lost, left: await leftBy() };
}

async function escapeByTerraform(test: MoodyProject, terraform: Terraform, on: string, off: string): Promise<Escape> {
  await terraform.apply(on);
  await untilOn(test);
  return escapeBy(
    test,
    () => terraform.apply(off),
    async () => ((await terraform.wouldChange(off)) ? "a plan would change it" : null),
  );
}

/** The document with the visitors of the flag's variant led to the one without it. */
function withoutFlag(text: string): string {
  return text.replaceAll(/((?:service|name): voice-api)--agent-enabled$/gm, "$1--base");
}

async function restore(test: MoodyProject, file: string, text: string): Promise<void> {
  await writeAtomically(file, text, 0o600);
  await untilOn(test);
}

async function untilOn(test: MoodyProject): Promise<void> {
  const question = { path: "/voice", headers: { cookie: "sluice-1=x" } };
  await until("visitors see the flag", async () => (await ask(test.urlOf("dev"), question)).body.includes('"AGENT_ENABLED":"true"'));
}

/** Whether the stage is another than its config says. */
async function driftOf(test: MoodyProject): Promise<string | null> {
  const { code } = await test.pulumi(["preview", "--refresh", "--expect-no-changes", "--stack", "dev"]);
  return code === 0 ? null : "drift, and the flag still on in the config";
}

async function raise(test: MoodyProject): Promise<void> {
  for (const args of [
    ["config", "set", "--stack", "dev", "--path", "flags.AGENT_ENABLED", "25"],
    ["up", "--yes", "--skip-preview", "--stack", "dev"],
  ]) {
    const { code, output } = await test.pulumi(args);
    if (code !== 0) throw new Error(output);
  }
  await untilOn(test);
}

async function run(test: MoodyProject, args: readonly string[]): Promise<void> {
  const { code, output } = await test.sluice(args);
  if (code !== 0) throw new Error(output);
}

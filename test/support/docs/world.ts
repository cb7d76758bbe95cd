import { readFile, rm, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { parse } from "yaml";
import { z } from "zod";
import { standingKillsPath } from "../../../src/files/stage-folder.ts";
import { startLoad } from "../../../src/net/load.ts";
import { findDrift } from "../../../src/operations/drift.ts";
import { engineOf } from "../../../src/operations/engine.ts";
import { type Project, readProject } from "../../../src/operations/project.ts";
import { withConfig } from "../../../src/operations/stack-file.ts";
import { readCheckpoint } from "../../../src/operations/state-files.ts";
import { lockFolder, lockStack, loseState, misroute, statePath } from "../../../src/operations/training/faults.ts";
import { HOME, makeProject, type TestProject, writeCatalog } from "../project.ts";
import { serveStages } from "../serving.ts";

/** The flag and the stages that the pages speak of. */
const FLAG = "ELEVENLABS_AGENT_ENABLED";
const STAGES = ["dev", "staging", "production"];
/** Requests a second to each stage while a block with visitors runs. */
const RATE = 60;

/** The stages that blocks of pages run in: the catalogue of this repository, deployed and served on ports of their own. */
export interface World {
  readonly root: string;
  /** Brings the stages to where a block starts from, by the words of its mark. @returns the block's environment */
  prepare(fixture: readonly string[]): Promise<Readonly<Record<string, string>>>;
  /** Ends what a block had running for it. */
  settle(): Promise<void>;
  remove(): Promise<void>;
}

export async function makeWorld(): Promise<World> {
  const test = await makeProject();
  await writeCatalog(test.root, await catalogOfPages());
  await makeRepository(test);
  const project = await readProject(test.root);
  const texts = new Map<string, string>();
  await Promise.all(
    STAGES.map(async (stage) => {
      await engineOf(project, stage).create();
      texts.set(stage, withDifferences(await readFile(fileOf(test.root, stage), "utf8"), await readFile(fileOf(HOME, stage), "utf8")));
      await writeFile(fileOf(test.root, stage), settingsText(texts.get(stage) ?? "", 0));
    }),
  );
  for (const stage of STAGES) await engineOf(project, stage).up("");
  const serving = await serveStages(test.root, STAGES);
  let stop: () => Promise<void> = () => Promise.resolve();
  return {
    root: test.root,
    async prepare(fixture) {
      const env: Record<string, string> = {};
      for (const word of fixture) {
        const [, stage, path] = /^(\w+)=(.+)$/.exec(word) ?? [];
        if (stage !== undefined && path !== undefined) await bring(project, texts.get(stage) ?? "", stage, path);
        else if (word === "visitors") stop = sendVisitors(test);
        else if (word === "without-engine") env["PULUMI_HOME"] = join(test.root, "nothing-here");
        else if (word === "locked") await lockStack(project, "dev");
        else if (word === "state-lost") await loseState(project, "dev");
        else if (word === "edited") await misroute(project, "dev", "voice-api--base", "voice-api--elevenlabs-agent-enabled");
        else if (!["same", "served", "ends"].includes(word) && !/^\d+:\d+$/.test(word)) throw new Error(`no fixture is called ${word}`);
      }
      return env;
    },
    async settle() {
      await stop();
      stop = () => Promise.resolve();
    },
    async remove() {
      await stop();
      await serving.stop();
      await test.remove();
    },
  };
}

const catalogSchema = z.looseObject({
  services: z.record(z.string(), z.looseObject({ command: z.array(z.string()) })),
  flags: z.record(z.string(), z.looseObject({ watch: z.looseObject({}) })),
});

/** The catalogue of this repository, with watches of seconds. */
async function catalogOfPages(): Promise<unknown> {
  const file = z
    .looseObject({ config: z.looseObject({ "sluice:catalog": z.looseObject({ value: catalogSchema }) }) })
    .parse(parse(await readFile(join(HOME, "Pulumi.yaml"), "utf8")));
  const catalog = file.config["sluice:catalog"].value;
  return {
    ...catalog,
    services: mapValues(catalog.services, (service) => ({ ...service, command: [process.execPath, join(HOME, "examples", "service.ts")] })),
    flags: mapValues(catalog.flags, (flag) => ({ ...flag, watch: { ...flag.watch, duration: "1s", interval: "1s", minimumRequests: 1 } })),
  };
}

/** A repository of its own, so that what a page does with git reaches no other. */
async function makeRepository({ root }: TestProject): Promise<void> {
  const git = (...args: readonly string[]) => execa("git", [...args], { cwd: root });
  await git("init", "--quiet", "--initial-branch", "main");
  await git("config", "user.email", "ann@example.org");
  await git("config", "user.name", "Ann");
  await writeFile(join(root, ".gitignore"), ".sluice/\n.state/\n");
}

/** Brings a stage to an exposure, or by several (`0>25`); `100@25h` is one that was reached that long ago. */
async function bring(project: Project, base: string, stage: string, path: string): Promise<void> {
  await rm(lockFolder(project, stage), { recursive: true, force: true });
  for (const step of path.split(">")) {
    const [, exposure = "0", hours] = /^(\d+)(?:@(\d+)h)?$/.exec(step) ?? [];
    await raise(project, base, stage, Number(exposure));
    if (hours !== undefined) await age(project, stage, Number(hours));
  }
}

async function raise(project: Project, base: string, stage: string, exposure: number): Promise<void> {
  const engine = engineOf(project, stage);
  const file = fileOf(project.root, stage);
  const kills = standingKillsPath(join(project.root, ".sluice", stage));
  const wanted = settingsText(base, exposure);
  const checkpoint = await readCheckpoint(statePath(project, stage)).catch(async () => {
    await writeFile(statePath(project, stage), await readFile(`${statePath(project, stage)}.bak`, "utf8"));
    return null;
  });
  const drifted = checkpoint === null || (await findDrift(checkpoint)).length > 0;
  const killed = (await readFile(kills, "utf8").catch(() => null)) !== null;
  const there = checkpoint?.record?.exposures[FLAG] === exposure && (await readFile(file, "utf8")) === wanted;
  if (there && !drifted && !killed) return;
  await rm(kills, { force: true });
  await writeFile(file, wanted);
  await engine.up("", undefined, drifted || killed);
}

/** Lets a stage have what it runs for some hours already. */
async function age(project: Project, stage: string, hours: number): Promise<void> {
  const path = statePath(project, stage);
  const since = new Date(Date.now() - hours * 3_600_000).toISOString();
  const text = await readFile(path, "utf8");
  await writeFile(path, text.replaceAll(new RegExp(`("${FLAG}": ?)"\\d{4}-[^"]+Z"`, "g"), `$1"${since}"`));
}

function sendVisitors(test: TestProject): () => Promise<void> {
  const loads = STAGES.map((stage) => startLoad(test.urlOf(stage), [{ path: "/voice" }, { path: "/billing" }], { clients: 4, rate: RATE }, () => undefined));
  return async () => {
    await Promise.all(loads.map((load) => load.stop()));
  };
}

const stackFile = z.looseObject({ config: z.record(z.string(), z.unknown()) });

/** A stage's file with what this repository's says of why it differs. */
function withDifferences(own: string, committed: string): string {
  const key = "sluice:differs";
  const differs = stackFile.parse(parse(committed)).config[key];
  return withConfig(own, { ...stackFile.parse(parse(own)).config, ...(differs === undefined ? {} : { [key]: differs }) });
}

function settingsText(base: string, exposure: number): string {
  const { config } = stackFile.parse(parse(base));
  return withConfig(base, { ...config, "sluice:flags": { [FLAG]: exposure === 100 ? true : exposure === 0 ? false : exposure } });
}

function fileOf(root: string, stage: string): string {
  return join(root, `Pulumi.${stage}.yaml`);
}

function mapValues<In, Out>(record: Readonly<Record<string, In>>, map: (value: In) => Out): Record<string, Out> {
  return Object.fromEntries(Object.entries(record).map(([key, value]) => [key, map(value)]));
}

import { readFile, stat, writeFile } from "node:fs/promises";
import { homedir } from "node:os";
import { join, relative } from "node:path";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { findFreeBase } from "../../../src/net/free-ports.ts";
import { HOME, makeProject, type TestProject } from "../project.ts";
import type { PrivateEngine } from "./dockerd.ts";
import { SERVICE_IMAGE } from "./images.ts";

/** Ports of the stages of these projects; nobody else looks for any there. */
const PORTS = Array.from({ length: 40 }, (_, index) => 27_000 + index * 40);

export interface DockerProject extends TestProject {
  /** Changes what the stage says of its containers. */
  configure(stage: string, change: (docker: DockerInput) => DockerInput): Promise<void>;
}

/** The value of `sluice:docker`, as a person writes it. */
export interface DockerInput extends Record<string, unknown> {
  readonly services: Readonly<Record<string, Record<string, unknown>>>;
}

/** A project whose stages run on an engine of the tests. */
export async function makeDockerProject(engine: PrivateEngine, env: Readonly<Record<string, string>> = {}): Promise<DockerProject> {
  const project = await makeProject();
  const base = await findFreeBase(PORTS, [0, 1, 10, 11, 20, 21]);
  if (base === null) throw new Error("no free ports from 27000 on");
  const ports = new Map(["dev", "staging", "production"].map((stage, index) => [stage, base + index * 10]));
  for (const [stage, port] of ports) {
    const container = { image: SERVICE_IMAGE, command: ["/bin/service"], healthInterval: "250ms", ready: "15s", memory: 64, drain: "5s" };
    const docker = { host: engine.host, port, adminPort: port + 1, movingTags: true, services: { "voice-api": container, "billing-api": container } };
    await writeFile(join(project.root, `Pulumi.${stage}.yaml`), stringify({ config: { "sluice:target": "docker", "sluice:docker": docker } }));
  }
  await editProjectFile(project.root, !(await hasOfficialPlugin()));
  const portOf = (stage: string): number => ports.get(stage) ?? 0;
  return {
    ...project,
    portOf,
    urlOf: (stage) => `http://127.0.0.1:${portOf(stage)}`,
    pulumi: (args, more, wrapper) => project.pulumi(args, { ...env, ...more }, wrapper),
    async configure(stage, change) {
      const path = join(project.root, `Pulumi.${stage}.yaml`);
      const file: { config: { "sluice:docker": DockerInput } } = parse(await readFile(path, "utf8"));
      await writeFile(path, stringify({ ...file, config: { ...file.config, "sluice:docker": change(file.config["sluice:docker"]) } }));
    },
  };
}

/** The name of a suite, which says what it ran with, so that every report does. @param missing why it is left out; null where it runs */
export async function suiteName(what: string, missing: string | null): Promise<string> {
  if (missing !== null) return `${what}: left out, ${missing}`;
  return `${what}, with ${(await hasOfficialPlugin()) ? "Pulumi's Docker plugin" : "a stand-in for Pulumi's Docker plugin"}`;
}

/** Whether Pulumi's own plugin of the SDK's version is installed. */
export async function hasOfficialPlugin(): Promise<boolean> {
  const sdk: { version: string } = JSON.parse(await readFile(join(HOME, "node_modules", "@pulumi", "docker", "package.json"), "utf8"));
  const folder = join(process.env["PULUMI_HOME"] ?? join(homedir(), ".pulumi"), "plugins", `resource-docker-v${sdk.version}`);
  return stat(folder).then(
    (found) => found.isDirectory(),
    () => false,
  );
}

/** Lets promotions go fast, and the engine take the stand-in in the place of the plugin where that is missing. */
async function editProjectFile(root: string, useStandIn: boolean): Promise<void> {
  const path = join(root, "Pulumi.yaml");
  const file = projectFile.parse(parse(await readFile(path, "utf8")));
  file.config["sluice:catalog"].value.flags.AGENT_ENABLED["watch"] = { duration: "1s", interval: "1s", minimumRequests: 1 };
  if (useStandIn) {
    const others = file.plugins.providers.filter(({ name }) => name !== "docker");
    file.plugins.providers = [...others, { name: "docker", path: relative(root, join(HOME, "test", "support", "docker", "plugin")) }];
  }
  await writeFile(path, stringify(file));
}

const projectFile = z.looseObject({
  plugins: z.object({ providers: z.array(z.looseObject({ name: z.string() })) }),
  config: z.object({ "sluice:catalog": z.object({ value: z.looseObject({ flags: z.object({ AGENT_ENABLED: z.looseObject({}) }) }) }) }),
});

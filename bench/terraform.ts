import { mkdir, stat, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { buildWithGo } from "../src/setup/go.ts";
import { cacheFolder, platform } from "../src/setup/places.ts";
import { replaceFolder } from "../src/setup/replace-folder.ts";
import { HOME } from "../test/support/project.ts";

const PROVIDER = "github.com/terraform-providers/terraform-provider-local";
/** The last that Go takes as a module: releases from 2.0.0 on have no `/v2` in their module path. */
const VERSION = "1.4.0";
/** Each program, and the registry that it takes providers from. */
const PROGRAMS = { tofu: "registry.opentofu.org", terraform: "registry.terraform.io" } as const;
type Program = keyof typeof PROGRAMS;

const CONFIGURATION = `terraform {
  required_providers {
    local = { source = "hashicorp/local", version = "${VERSION}" }
  }
}
variable "file" {}
variable "document" {}
resource "local_file" "routes" {
  filename        = var.file
  content         = file(var.document)
  file_permission = "0600"
}
`;

/** A Terraform project that holds one file. */
export interface Terraform {
  readonly program: Program;
  /** Makes the file what a document is. @param document path of its text */
  apply(document: string): Promise<void>;
  /** Whether a plan sees anything to do. */
  wouldChange(document: string): Promise<boolean>;
}

/** Makes a project for one file with whichever of OpenTofu and Terraform is on PATH. @returns why not, in words, where neither can be had */
export async function makeTerraform(folder: string, file: string): Promise<Terraform | string> {
  const program = (await hasProgram("tofu")) ? "tofu" : (await hasProgram("terraform")) ? "terraform" : null;
  if (program === null) return "neither tofu nor terraform is on PATH";
  await mkdir(folder, { recursive: true });
  await writeFile(join(folder, "main.tf"), CONFIGURATION);
  await writeFile(join(folder, "terraform.tfvars.json"), JSON.stringify({ file }));
  const run = (...args: readonly string[]) => execa(program, args, { cwd: folder, reject: false, stdin: "ignore", all: true });
  if ((await run("init", "-input=false")).exitCode !== 0) {
    const mirror = await buildProvider(PROGRAMS[program]).catch((error: unknown) => (error instanceof Error ? error : new Error(String(error))));
    if (mirror instanceof Error) return `its provider for files cannot be had: ${mirror.message}`;
    const { exitCode, all } = await run("init", "-input=false", `-plugin-dir=${mirror}`);
    if (exitCode !== 0) return `its provider for files does not start: ${all}`;
  }
  return {
    program,
    async apply(document) {
      const { exitCode, all } = await run("apply", "-auto-approve", "-input=false", `-var=document=${document}`);
      if (exitCode !== 0) throw new Error(all);
    },
    async wouldChange(document) {
      const { exitCode, all } = await run("plan", "-detailed-exitcode", "-input=false", `-var=document=${document}`);
      if (exitCode === 1) throw new Error(all);
      return exitCode !== 0;
    },
  };
}

async function hasProgram(program: Program): Promise<boolean> {
  return (await execa(program, ["version"], { reject: false, stdin: "ignore" })).exitCode === 0;
}

/** Builds the provider where the registry cannot be reached. @returns a folder as `-plugin-dir` takes it */
async function buildProvider(registry: string): Promise<string> {
  const place = join(cacheFolder(), `terraform-provider-local-${VERSION}-${registry}`);
  const { os, goArch } = platform();
  const within = join(registry, "hashicorp", "local", VERSION, `${os}_${goArch}`);
  const name = `terraform-provider-local_v${VERSION}`;
  if ((await stat(join(place, within, name)).catch(() => null)) !== null) return place;
  process.stderr.write("building Terraform's provider for files, once …\n");
  await replaceFolder(place, async (beside) => {
    await mkdir(join(beside, within), { recursive: true });
    const build = { module: join(HOME, "tools", "terraform-provider-local"), program: PROVIDER, output: join(beside, within, name), linkerFlags: "-s -w" };
    await buildWithGo(build, () => undefined);
  });
  return place;
}

import { chmod, copyFile, cp, mkdir, rm, stat } from "node:fs/promises";
import { createRequire } from "node:module";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { PULUMI_VERSION, pulumiRoot } from "../operations/engine.ts";
import { downloadRelease } from "./download.ts";
import { buildWithGo } from "./go.ts";
import { cacheFolder, platform } from "./places.ts";
import { replaceFolder } from "./replace-folder.ts";
import { runClient } from "./run-client.ts";
import type { FoundTool, Progress, Tool } from "./tool.ts";

/** The language host's own release, which the Go module proxy knows by this version. */
const LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/nodejs/cmd/pulumi-language-nodejs/v3";
const SDK_OF_LANGUAGE_HOST = "github.com/pulumi/pulumi/sdk/v3";
const VERSION_FLAGS = `-s -w -X github.com/pulumi/pulumi/sdk/v3/go/common/version.Version=v${PULUMI_VERSION}`;
/** What must stand beside each other for a program in Node.js to run. */
const PARTS = ["pulumi", "pulumi-language-nodejs", "pulumi-resource-pulumi-nodejs", "pulumi-analyzer-policy"];

/** The Pulumi CLI with its language host for Node.js. `npx pulumi` and `sluice` both use the copy in the Pulumi home. */
export function pulumiTool(root: string): Tool {
  return {
    name: "Pulumi CLI",
    version: PULUMI_VERSION,
    find: findPulumi,
    adopt: adoptPulumi,
    download: downloadPulumi,
    fromRegistry: (progress) => buildPulumi(root, progress),
    wayOut: `install Pulumi ${PULUMI_VERSION} (https://www.pulumi.com/docs/iac/download-install/versions/), then run npm run setup`,
  };
}

async function findPulumi(): Promise<FoundTool | null> {
  const bin = join(pulumiRoot(), "bin");
  if (await isComplete(bin)) return { path: join(bin, "pulumi"), origin: "cache", version: PULUMI_VERSION };
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    if (folder.includes("node_modules") || !(await isComplete(folder))) continue;
    return { path: join(folder, "pulumi"), origin: "machine", version: PULUMI_VERSION };
  }
  return null;
}

/** Copies the machine's own to the Pulumi home: there `npx pulumi` finds it, and an upgrade does not take it away. */
async function adoptPulumi(found: FoundTool): Promise<void> {
  await install(async (target) => {
    for (const part of PARTS) await copyFile(join(dirname(found.path), part), join(target, part));
  });
}

/** Whether a folder has every part, in this version. */
async function isComplete(folder: string): Promise<boolean> {
  const present = await Promise.all(
    PARTS.map((part) =>
      stat(join(folder, part)).then(
        (info) => info.isFile() && info.size > 0,
        () => false,
      ),
    ),
  );
  if (present.includes(false)) return false;
  const { stdout } = await execa(join(folder, "pulumi"), ["version"], { env: { PULUMI_SKIP_UPDATE_CHECK: "true" }, reject: false });
  return stdout === `v${PULUMI_VERSION}`;
}

async function downloadPulumi(progress: Progress): Promise<void> {
  const { os, nodeArch } = platform();
  const archive = join(cacheFolder(), "downloads", `pulumi-v${PULUMI_VERSION}-${os}-${nodeArch}.tar.gz`);
  const release = {
    url: `https://get.pulumi.com/releases/sdk/pulumi-v${PULUMI_VERSION}-${os}-${nodeArch}.tar.gz`,
    sum: { url: `https://github.com/pulumi/pulumi/releases/download/v${PULUMI_VERSION}/pulumi-${PULUMI_VERSION}-checksums.txt` },
  };
  await downloadRelease(release, archive, progress);
  await install(async (target) => {
    await runClient("tar", ["-xzf", archive, "-C", target, "--strip-components", "1"], { cwd: target }, progress);
  });
  await rm(archive, { force: true });
}

/** Builds the CLI and the language host from their Go modules. */
async function buildPulumi(root: string, progress: Progress): Promise<void> {
  const sources = join(root, "tools");
  await install(async (target) => {
    const build = (module: string, program: string, name: string): Promise<void> =>
      buildWithGo({ module: join(sources, module), program, output: join(target, name), linkerFlags: VERSION_FLAGS }, (line) =>
        progress(`building ${name}: ${line}`),
      );
    progress("building pulumi: some minutes the first time");
    await build("pulumi-cli", "github.com/pulumi/pulumi/pkg/v3/cmd/pulumi", "pulumi");
    progress("building pulumi-language-nodejs");
    await build("pulumi-language-nodejs", LANGUAGE_HOST, "pulumi-language-nodejs");
    const sdk = await runClient("go", ["list", "-m", "-f", "{{.Dir}}", SDK_OF_LANGUAGE_HOST], { cwd: join(sources, "pulumi-language-nodejs") }, progress);
    const npmPackage = dirname(createRequire(import.meta.url).resolve("@pulumi/pulumi/package.json"));
    await cp(join(npmPackage, "pulumi-resource-pulumi-nodejs"), join(target, "pulumi-resource-pulumi-nodejs"));
    await cp(join(sdk.trim(), "nodejs", "dist", "pulumi-analyzer-policy"), join(target, "pulumi-analyzer-policy"));
  });
}

/** Fills the CLI's folder of programs. */
async function install(fill: (bin: string) => Promise<void>): Promise<void> {
  await replaceFolder(pulumiRoot(), async (folder) => {
    const bin = join(folder, "bin");
    await mkdir(bin);
    await fill(bin);
    for (const part of PARTS) await chmod(join(bin, part), 0o755);
  });
}

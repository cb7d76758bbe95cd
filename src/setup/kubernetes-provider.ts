import { chmod, copyFile, mkdtemp, rm, stat } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { pulumiRoot } from "../operations/engine.ts";
import { downloadRelease } from "./download.ts";
import { buildWithGo, fetchGoModule } from "./go.ts";
import { cacheFolder, platform } from "./places.ts";
import { replaceFolder } from "./replace-folder.ts";
import { runClient } from "./run-client.ts";
import type { FoundTool, Progress, Tool } from "./tool.ts";

/** The version of the npm package `@pulumi/kubernetes`, which asks for the provider of the same version. */
export const KUBERNETES_PROVIDER_VERSION = "4.25.0";

const PROGRAM = "pulumi-resource-kubernetes";
/** The tag v4.25.0, as the Go module proxy knows it. */
const MODULE = "github.com/pulumi/pulumi-kubernetes/provider/v4@v4.0.0-20260115033456-f47bc2d6f199";
const VERSION_FLAGS = `-s -w -X github.com/pulumi/pulumi-kubernetes/provider/v4/pkg/version.Version=${KUBERNETES_PROVIDER_VERSION}`;
/** Generated files that the module has, but not where its own program embeds them. */
const GENERATED = ["schema.json", "terraform-mapping.json"];

/** Pulumi's provider for Kubernetes, in the Pulumi home, where the engine looks for it. */
export function kubernetesProviderTool(root: string): Tool {
  return {
    name: "Kubernetes provider",
    version: KUBERNETES_PROVIDER_VERSION,
    find: findProvider,
    download: downloadProvider,
    fromRegistry: (progress) => buildProvider(root, progress),
    wayOut: `npx pulumi plugin install resource kubernetes ${KUBERNETES_PROVIDER_VERSION}`,
  };
}

function place(): string {
  return join(dirname(dirname(pulumiRoot())), "plugins", `resource-kubernetes-v${KUBERNETES_PROVIDER_VERSION}`);
}

async function findProvider(): Promise<FoundTool | null> {
  const path = join(place(), PROGRAM);
  const present = await stat(path).then(
    (info) => info.isFile() && info.size > 0,
    () => false,
  );
  return present ? { path, origin: "cache", version: KUBERNETES_PROVIDER_VERSION } : null;
}

async function downloadProvider(progress: Progress): Promise<void> {
  const { os, goArch } = platform();
  const file = `${PROGRAM}-v${KUBERNETES_PROVIDER_VERSION}-${os}-${goArch}.tar.gz`;
  const sums = `https://github.com/pulumi/pulumi-kubernetes/releases/download/v${KUBERNETES_PROVIDER_VERSION}/pulumi-kubernetes_${KUBERNETES_PROVIDER_VERSION}_checksums.txt`;
  const archive = join(cacheFolder(), "downloads", file);
  await downloadRelease({ url: `https://get.pulumi.com/releases/plugins/${file}`, sum: { url: sums } }, archive, progress);
  await replaceFolder(place(), async (folder) => {
    await runClient("tar", ["-xzf", archive, "-C", folder, PROGRAM], { cwd: folder }, progress);
    await chmod(join(folder, PROGRAM), 0o755);
  });
  await rm(archive, { force: true });
}

/** Builds it in a folder of its own: the generated files must lie beside the program that embeds them. */
async function buildProvider(root: string, progress: Progress): Promise<void> {
  const sources = join(root, "tools", PROGRAM);
  const module = await mkdtemp(join(tmpdir(), "sluice-provider-"));
  try {
    for (const file of ["main.go", "go.mod", "go.sum"]) await copyFile(join(sources, file), join(module, file));
    const files = await fetchGoModule(module, MODULE, progress);
    for (const file of GENERATED) await copyFile(join(files, "cmd", PROGRAM, file), join(module, file));
    progress("building the Kubernetes provider: some minutes the first time");
    await replaceFolder(place(), (folder) =>
      buildWithGo({ module, program: ".", output: join(folder, PROGRAM), linkerFlags: VERSION_FLAGS }, (line) =>
        progress(`building the Kubernetes provider: ${line}`),
      ),
    );
  } finally {
    await rm(module, { recursive: true, force: true });
  }
}

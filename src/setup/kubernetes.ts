import { chmod, rename } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { downloadRelease } from "./download.ts";
import { buildWithGo } from "./go.ts";
import { cacheFolder, platform } from "./places.ts";
import { replaceFolder } from "./replace-folder.ts";
import { type FoundTool, type Progress, SetupError, type Tool } from "./tool.ts";

const VERSION = "1.34.0";
const PROGRAMS = ["kube-apiserver", "kube-controller-manager"] as const;
const VERSION_PACKAGE = "k8s.io/component-base/version";
const VERSION_FLAGS = `-s -w -X ${VERSION_PACKAGE}.gitVersion=v${VERSION} -X ${VERSION_PACKAGE}.gitMajor=1 -X ${VERSION_PACKAGE}.gitMinor=34`;

/** The programs of a Kubernetes control plane that Sluice's own tests start. */
export function kubernetesTool(root: string): Tool {
  return {
    name: "Kubernetes control plane",
    version: VERSION,
    find: findKubernetes,
    download: downloadKubernetes,
    fromRegistry: (progress) => buildKubernetes(root, progress),
    wayOut: `put ${PROGRAMS.join(" and ")} ${VERSION} into ${place()} (https://kubernetes.io/releases/download)`,
  };
}

/** Where the programs are kept. */
function place(): string {
  return join(cacheFolder(), `kubernetes-${VERSION}`);
}

async function findKubernetes(): Promise<FoundTool | null> {
  const folder = place();
  const fits = await Promise.all(
    PROGRAMS.map(async (program) => (await execa(join(folder, program), ["--version"], { reject: false })).stdout === `Kubernetes v${VERSION}`),
  );
  return fits.includes(false) ? null : { path: folder, origin: "cache", version: VERSION };
}

async function downloadKubernetes(progress: Progress): Promise<void> {
  const { os, goArch } = platform();
  if (os !== "linux") throw new SetupError(`there is no official build for ${os}`);
  const downloads = join(cacheFolder(), "downloads", `kubernetes-${VERSION}`);
  for (const program of PROGRAMS) {
    const url = `https://dl.k8s.io/v${VERSION}/bin/${os}/${goArch}/${program}`;
    await downloadRelease({ url, sum: { url: `${url}.sha256` } }, join(downloads, program), (text) => progress(`${program}: ${text}`));
  }
  await replaceFolder(place(), async (folder) => {
    for (const program of PROGRAMS) {
      await rename(join(downloads, program), join(folder, program));
      await chmod(join(folder, program), 0o755);
    }
  });
}

async function buildKubernetes(root: string, progress: Progress): Promise<void> {
  const module = join(root, "tools", "kubernetes");
  await replaceFolder(place(), async (folder) => {
    for (const program of PROGRAMS) {
      progress(`building ${program}: some minutes the first time`);
      const build = { module, program: `k8s.io/kubernetes/cmd/${program}`, output: join(folder, program), linkerFlags: VERSION_FLAGS };
      await buildWithGo(build, (line) => progress(`building ${program}: ${line}`));
    }
  });
}

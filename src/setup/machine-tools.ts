import { delimiter, join } from "node:path";
import { execa } from "execa";
import type { FoundTool, Tool } from "./tool.ts";

/** The store of a Kubernetes control plane; only for Sluice's own tests. */
export const etcdTool: Tool = {
  name: "etcd",
  version: "3.4 or newer",
  find: () => findOnPath("etcd", ["--version"], /^etcd Version: (\S+)/),
  wayOut: "install it with your package manager: apt-get install etcd-server",
};

/** The command line of Kubernetes; only for Sluice's own tests. */
export const kubectlTool: Tool = {
  name: "kubectl",
  version: "1.32 or newer",
  find: () => findOnPath("kubectl", ["version", "--client"], /^Client Version: v(\S+)/),
  wayOut: "install it: https://kubernetes.io/docs/tasks/tools/#kubectl",
};

async function findOnPath(program: string, args: readonly string[], version: RegExp): Promise<FoundTool | null> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, program);
    const { stdout } = await execa(path, args, { reject: false });
    const found = version.exec(stdout)?.[1];
    if (found !== undefined) return { path, origin: "machine", version: found };
  }
  return null;
}

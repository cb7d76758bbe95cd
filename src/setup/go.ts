import { z } from "zod/mini";
import { runClient } from "./run-client.ts";
import type { Progress } from "./tool.ts";

/** `go.sum` holds what each download must be: Go itself checks it, and nothing may change it. */
const ENVIRONMENT = { GOFLAGS: "-mod=readonly -buildvcs=false", CGO_ENABLED: "0" };
const downloaded = z.object({ Dir: z.string() });

export interface GoBuild {
  /** Folder of the Go module whose `go.mod` and `go.sum` name what is built. */
  readonly module: string;
  /** Package of the program. */
  readonly program: string;
  /** Where the program goes. */
  readonly output: string;
  readonly linkerFlags: string;
}

/** Builds a program from Go modules. @throws SetupError when Go is missing, or the build fails */
export async function buildWithGo(build: GoBuild, progress: Progress): Promise<void> {
  const args = ["build", "-v", "-trimpath", "-ldflags", build.linkerFlags, "-o", build.output, build.program];
  await runClient("go", args, { cwd: build.module, env: ENVIRONMENT }, progress);
}

/**
 * Gets one Go module.
 * @param module folder of the Go module whose `go.sum` holds what it must be
 * @param wanted path and version, such as `example.org/module@v1.2.3`
 * @returns the folder with its files, which cannot be written to
 * @throws SetupError when Go is missing, the module is not to be had, or is another than `go.sum` says
 */
export async function fetchGoModule(module: string, wanted: string, progress: Progress): Promise<string> {
  const answer = await runClient("go", ["mod", "download", "-json", wanted], { cwd: module, env: ENVIRONMENT }, progress);
  return downloaded.parse(JSON.parse(answer)).Dir;
}

import { spawn } from "node:child_process";
import { once } from "node:events";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { HOME } from "./project.ts";

/** A running `sluice metrics --listen`. */
export interface RunningFacts {
  readonly url: string;
  /** Ends it by a signal. @returns its exit code */
  end(): Promise<unknown>;
}

export async function startFacts(root: string): Promise<RunningFacts> {
  const child = spawn(process.execPath, [join(HOME, "bin", "sluice.mjs"), "metrics", "--listen", "127.0.0.1:0"], {
    cwd: root,
    stdio: ["ignore", "pipe", "inherit"],
  });
  const exited = once(child, "exit").then(([code]: unknown[]) => code);
  for await (const line of createInterface({ input: child.stdout })) {
    const url = /^serving (\S+)$/.exec(line)?.[1];
    if (url === undefined) continue;
    return {
      url,
      end() {
        child.kill("SIGTERM");
        return exited;
      },
    };
  }
  throw new Error("sluice metrics ended before it served");
}

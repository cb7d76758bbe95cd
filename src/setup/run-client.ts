import { ExecaError, execa } from "execa";
import { type Progress, SetupError } from "./tool.ts";

/** How a registry's client is got where it is missing. */
const CLIENTS: Readonly<Record<string, string>> = {
  go: "Go 1.25 or newer: https://go.dev/dl, or your package manager",
  python3: "Python 3 with pip: https://www.python.org/downloads, or your package manager",
  tar: "tar: your package manager",
};

/**
 * Runs a registry's client as the user has set it up; each line that it says is progress.
 * @returns its standard output
 * @throws SetupError with its last words, or with the way to get it
 */
export async function runClient(
  client: string,
  args: readonly string[],
  options: { readonly cwd: string; readonly env?: Readonly<Record<string, string>> },
  progress: Progress,
): Promise<string> {
  try {
    const child = execa(client, args, { cwd: options.cwd, env: { ...options.env }, stdin: "ignore" });
    void (async () => {
      for await (const line of child.iterable({ from: "stderr" })) progress(line.slice(0, 120));
    })().catch(() => undefined);
    const { stdout } = await child;
    return stdout;
  } catch (error) {
    if (!(error instanceof ExecaError)) throw error;
    if (error.code === "ENOENT") throw new SetupError(`${client} is missing. Get ${CLIENTS[client] ?? client}, then run this again`);
    const words = `${String(error.stderr)}\n${String(error.stdout)}`.trim().split("\n").slice(-6).join("\n");
    throw new SetupError(`${client} ${args.slice(0, 3).join(" ")} failed: ${words}`);
  }
}

import { readdir, readFile } from "node:fs/promises";
import { startPulumi } from "./run-pulumi.ts";

/** What a run of the CLI took. */
export interface MeasuredRun {
  /** Milliseconds. */
  readonly time: number;
  /** Most memory that each program held, in MiB, by what it is. */
  readonly peak: Readonly<Record<ProgramKind, number>>;
}

/** The CLI with its engine, the stage's program, Kubernetes' provider, and Sluice's own. */
type ProgramKind = "engine" | "program" | "provider" | "sluice";

/** Between two looks at the programs; what each held at most, the system keeps. */
const PAUSE = 200;

/** Runs the CLI on the stack `dev` of a project, and looks at the memory of all that it starts; Linux only. @throws Error when it fails */
export async function measurePulumi(cwd: string, args: readonly string[], env: Readonly<Record<string, string>> = {}): Promise<MeasuredRun> {
  const peak: Record<ProgramKind, number> = { engine: 0, program: 0, provider: 0, sluice: 0 };
  const started = performance.now();
  const run = startPulumi(cwd, args, env);
  const root = run.pid;
  const timer = setInterval(() => {
    if (root !== undefined) void noteMemory(root, peak);
  }, PAUSE);
  try {
    await run;
    return { time: performance.now() - started, peak };
  } finally {
    clearInterval(timer);
  }
}

async function noteMemory(root: number, peak: Record<ProgramKind, number>): Promise<void> {
  const programs = await Promise.all((await readdir("/proc")).filter((name) => /^\d+$/.test(name)).map(lookAt));
  const found = programs.filter((program) => program !== null);
  const family = new Set([root]);
  // A parent may stand behind its child in the list: numbers begin anew.
  for (let size = 0; size !== family.size; ) {
    size = family.size;
    for (const { pid, parent } of found) if (family.has(parent)) family.add(pid);
  }
  for (const { pid, command, most } of found) {
    if (!family.has(pid)) continue;
    const kind = kindOf(command);
    if (kind !== null) peak[kind] = Math.max(peak[kind], most);
  }
}

async function lookAt(name: string): Promise<{ readonly pid: number; readonly parent: number; readonly command: string; readonly most: number } | null> {
  try {
    const [status, command] = await Promise.all([readFile(`/proc/${name}/status`, "utf8"), readFile(`/proc/${name}/cmdline`, "utf8")]);
    const number = (key: string): number => Number(new RegExp(`^${key}:\\s+(\\d+)`, "m").exec(status)?.[1] ?? 0);
    return { pid: Number(name), parent: number("PPid"), command: command.replaceAll("\0", " "), most: number("VmHWM") / 1024 };
  } catch {
    // It has ended meanwhile.
    return null;
  }
}

function kindOf(command: string): ProgramKind | null {
  if (command.includes("pulumi-resource-kubernetes")) return "provider";
  if (command.includes("pulumi-resource-sluice-local")) return "sluice";
  if (command.includes("@pulumi/pulumi/cmd/run")) return "program";
  return /\/bin\/pulumi (up|preview) /.test(command) ? "engine" : null;
}

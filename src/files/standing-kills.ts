import { rm } from "node:fs/promises";
import { z } from "zod/mini";
import { readIfThere } from "./read-if-there.ts";
import { writeAtomically } from "./write-atomically.ts";

/**
 * A kill that took effect without the engine and that no update has taken up yet. It stands in a file of
 * the stage, so that an update that was under way, and knows nothing of it, cannot bring the flag back.
 */
export interface StandingKill {
  /** The flag, or `FLAG/route`. */
  readonly subject: string;
  /** The flags that go off: the killed one, and those that require it. */
  readonly flags: readonly string[];
  /** Routes that go, as `FLAG/route`. */
  readonly routes: readonly string[];
}

const schema = z.object({
  kills: z.array(z.object({ subject: z.string(), flags: z.array(z.string()), routes: z.array(z.string()) })),
});

/** @throws Error when the file is there and cannot be used */
export async function readStandingKills(path: string): Promise<readonly StandingKill[]> {
  const text = await readIfThere(path);
  if (text === null) return [];
  try {
    return schema.parse(JSON.parse(text)).kills;
  } catch {
    throw new Error(`${path} is no list of kills. See that the stage's config kills what must stay off, remove the file, then run \`pulumi up\` again.`);
  }
}

/** Writes them in one step; removes the file where there are none. */
export async function writeStandingKills(path: string, kills: readonly StandingKill[]): Promise<void> {
  if (kills.length === 0) await rm(path, { force: true });
  else await writeAtomically(path, `${JSON.stringify({ kills }, null, 2)}\n`, 0o644);
}

/** Ends the standing of one, where an update knows of it. */
export async function endStandingKill(path: string, subject: string): Promise<void> {
  const standing = await readStandingKills(path);
  const rest = standing.filter((kill) => kill.subject !== subject);
  if (rest.length < standing.length) await writeStandingKills(path, rest);
}

import { rm } from "node:fs/promises";
import { dirname } from "node:path";
import { z } from "zod/mini";
import { inTurn } from "./in-turn.ts";
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
  const kills = parseStandingKills(text);
  if (kills === null) {
    throw new Error(`${path} is no list of kills. See that the stage's config kills what must stay off, remove the file, then run \`pulumi up\` again.`);
  }
  return kills;
}

/** The kills of a written text; null where it is none. */
export function parseStandingKills(text: string): readonly StandingKill[] | null {
  try {
    return schema.parse(JSON.parse(text)).kills;
  } catch {
    return null;
  }
}

/** Kills as they are written. */
export function standingKillsText(kills: readonly StandingKill[]): string {
  return `${JSON.stringify({ kills }, null, 2)}\n`;
}

/**
 * Changes the standing kills, from what they are at that moment, in turn with everyone else who does.
 * @throws Error when the file cannot be used or written
 */
export async function editStandingKills(path: string, edit: (kills: readonly StandingKill[]) => readonly StandingKill[]): Promise<void> {
  if (isSame(await readStandingKills(path), edit)) return;
  await inTurn(dirname(path), async () => {
    const kills = edit(await readStandingKills(path));
    if (kills.length === 0) await rm(path, { force: true });
    else await writeAtomically(path, standingKillsText(kills), 0o644);
  });
}

/** An edit that adds a kill, in the place of an earlier one of the same. */
export function adding(kill: StandingKill): (kills: readonly StandingKill[]) => readonly StandingKill[] {
  return (kills) => [...kills.filter(({ subject }) => subject !== kill.subject), kill];
}

/** An edit that ends the standing of one, where an update knows of it. */
export function ending(subject: string): (kills: readonly StandingKill[]) => readonly StandingKill[] {
  return (kills) => kills.filter((kill) => kill.subject !== subject);
}

/** Whether an edit changes nothing. */
export function isSame(kills: readonly StandingKill[], edit: (kills: readonly StandingKill[]) => readonly StandingKill[]): boolean {
  return JSON.stringify(edit(kills)) === JSON.stringify(kills);
}

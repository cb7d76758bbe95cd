import { z } from "zod/mini";
import { editStandingKills, readStandingKills, type StandingKill } from "../../../files/standing-kills.ts";
import { killsBeyond as beyond } from "../../../model/kills.ts";

/** The properties of a document on which kills act that the config of its update may not have yet. */
export const killProperties = {
  /** Path of the stage's standing kills. */
  kills: z.string(),
  /** Subjects that the config itself kills. */
  killed: z.array(z.string()),
};

interface Killable {
  readonly kills: string;
  readonly killed: readonly string[];
}

/** The kills that came after this update's config was read. */
export async function killsBeyond({ kills, killed }: Killable): Promise<readonly StandingKill[]> {
  return beyond(await readStandingKills(kills), killed);
}

/**
 * Writes a document so that no kill is lost, however the two meet: a kill that comes between the look
 * and the writing is seen by the look after it.
 */
export async function writeUnderKills<T>(document: Killable, write: (kills: readonly StandingKill[]) => Promise<T>): Promise<T> {
  for (;;) {
    const before = await killsBeyond(document);
    const written = await write(before);
    const after = await killsBeyond(document);
    if (JSON.stringify(after) === JSON.stringify(before)) return written;
  }
}

/** Ends the standing of those that the config now has. */
export async function takeUpKills({ kills, killed }: Killable): Promise<void> {
  await editStandingKills(kills, (standing) => beyond(standing, killed));
}

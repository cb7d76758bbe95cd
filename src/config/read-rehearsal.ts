import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { parseJsonOrNull } from "../model/parse-json.ts";

/**
 * What a stage ran when the drill that is under way began. Its way forward raises flags again, and must
 * not be asked for the very rehearsal that it is a part of.
 */
export interface Rehearsal {
  /** The update that ran. */
  readonly update: number;
  /** Per cent by flag that the gates had let pass for it. */
  readonly permitted: Readonly<Record<string, number>>;
  /** Moment from which on it counts for nothing, should the drill be killed and leave it. */
  readonly until: string;
}

const rehearsal = z.object({ update: z.number(), permitted: z.record(z.string(), z.number()), until: z.iso.datetime() });

/** Where a drill that is under way says so. */
export function rehearsalPath(root: string, stage: string): string {
  return join(root, ".sluice", "drills", `${stage}.json`);
}

/** Per cent by flag, up to which the drill gate has nothing to ask because a drill is on its way back to it; empty where none is. */
export async function readRehearsed(root: string, stage: string, now: Date): Promise<Readonly<Record<string, number>>> {
  const text = await readFile(rehearsalPath(root, stage), "utf8").catch(() => "null");
  const found = rehearsal.safeParse(parseJsonOrNull(text));
  return found.success && now < new Date(found.data.until) ? found.data.permitted : {};
}

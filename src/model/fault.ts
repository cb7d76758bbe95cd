import { distance } from "fastest-levenshtein";

/** One thing that is wrong with what a person wrote, and the way out. */
export interface Fault {
  /** Where: a config path such as `flags.ELEVENLABS_AGENT_ENABLED.exposure`. */
  readonly path: string;
  /** What was found there, and why it cannot be. */
  readonly found: string;
  /** What is allowed there. */
  readonly allowed: string;
  /** The next thing to do, where there is one to name. */
  readonly wayOut: string | null;
}

/** What a file says must not steer the terminal. */
function shown(text: string): string {
  return text.replaceAll(/[\p{Cc}\p{Cf}]/gu, (character) => (character === "\n" ? character : "·"));
}

/** Renders faults for a terminal, one paragraph each. */
export function renderFaults(title: string, faults: readonly Fault[]): string {
  const paragraphs = faults.map((fault) => {
    const lines = [`${fault.path.replaceAll("\n", "·")}: ${fault.found}`, `  allowed: ${fault.allowed}`];
    if (fault.wayOut !== null) lines.push(`  way out: ${fault.wayOut}`);
    return shown(lines.join("\n"));
  });
  return [`${title} (${faults.length} ${faults.length === 1 ? "fault" : "faults"}; nothing was changed)`, ...paragraphs].join("\n\n");
}

/** The known name nearest to an unknown one, or null when none is near (more than a third of it differs). */
export function nearest(name: string, known: Iterable<string>): string | null {
  let best: string | null = null;
  let bestDistance = Math.max(2, Math.ceil(name.length / 3)) + 1;
  for (const candidate of known) {
    const edits = distance(name.toLowerCase(), candidate.toLowerCase());
    if (edits < bestDistance) {
      best = candidate;
      bestDistance = edits;
    }
  }
  return best;
}

import { styleText } from "node:util";

/** What a piece of text is to the reader. */
export type Tone = "good" | "bad" | "warning" | "aside" | "strong";

const FORMATS = { good: "green", bad: "red", warning: "yellow", aside: "dim", strong: "bold" } as const;

/** Colours text where the stream is a terminal that shows colours; `NO_COLOR` and `FORCE_COLOR` win over the stream. */
export function paint(tone: Tone, text: string, stream: NodeJS.WritableStream = process.stdout): string {
  return styleText(FORMATS[tone], text, { stream });
}

import { html } from "hono/html";
import { printable } from "../printable.ts";

/** A piece of HTML, escaped. */
export type Markup = ReturnType<typeof html>;

/** A text of a person's is cut after so many characters. */
const LONGEST = 2_000;

/**
 * HTML in which every value is text: nothing in it is read as markup, and characters that steer a reader's eyes
 * (control characters, overrides of the direction of writing) show as dots. Markup and lists of it stay what they are.
 */
export function markup(strings: TemplateStringsArray, ...values: readonly unknown[]): Markup {
  return html(strings, ...values.map(asText));
}

export const NOTHING = markup``;

/** What is there for the text of an HTML page. */
export async function renderMarkup(piece: Markup): Promise<string> {
  return String(await piece);
}

function asText(value: unknown): unknown {
  if (typeof value === "string") return plain(value);
  return Array.isArray(value) ? value.map(asText) : value;
}

/** Lines stay lines. */
function plain(text: string): string {
  const cut = text.length > LONGEST ? `${text.slice(0, LONGEST)}…` : text;
  return cut.split("\n").map(printable).join("\n");
}

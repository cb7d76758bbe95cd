/** Longest text of a person that a document shows, and longest piece of code, in characters. */
const LONGEST = 500;
const LONGEST_CODE = 4_000;

/**
 * Text of a person as text in GitHub's Markdown, on one line, also in a cell of a table: what would be
 * markup, a link, a mention or a new line is not read as one (https://github.github.com/gfm).
 */
export function escapeMarkdown(text: string): string {
  return onOneLine(text, LONGEST)
    .replaceAll(/[\\`*[\]<>|@#!&~$]|(?<![A-Za-z0-9])_|_(?![A-Za-z0-9])/g, (character) => `&#${character.charCodeAt(0)};`)
    .replaceAll("://", "&#58;//")
    .replaceAll(/www\./gi, (found) => `${found.slice(0, 3)}&#46;`);
}

/** A text as code in a cell of a table: its backticks do not end it, nor do its pipes end the cell. */
export function codeInCell(text: string): string {
  const line = onOneLine(text, LONGEST_CODE);
  // A pipe is escaped by a backslash, even in code; behind another backslash it would end the cell all the same.
  if (line === "" || line.includes("\\")) return `<code>${escapeMarkdown(line)}</code>`;
  const fence = "`".repeat(longestRun(line, 0) + 1);
  const pad = /^`|`$/.test(line) ? " " : "";
  return `${fence}${pad}${line.replaceAll("|", "\\|")}${pad}${fence}`;
}

/** A table whose cells are Markdown already. */
export function table(head: readonly string[], rows: readonly (readonly string[])[]): string {
  const line = (cells: readonly string[]): string => `|${cells.map((cell) => (cell === "" ? " " : ` ${cell} `)).join("|")}|`;
  return [line(head), `|${" --- |".repeat(head.length)}`, ...rows.map(line)].join("\n");
}

/** A code block that its text cannot end. */
export function fenced(text: string, language = ""): string {
  const fence = "`".repeat(longestRun(text, 2) + 1);
  return `${fence}${language}\n${text}\n${fence}`;
}

function onOneLine(text: string, longest: number): string {
  const line = text
    .replaceAll(/\s+/g, " ")
    .replaceAll(/[\p{Cc}\p{Cf}\p{Co}\p{Cn}]/gu, "·")
    .trim();
  const characters = Array.from(line);
  return characters.length > longest ? `${characters.slice(0, longest - 1).join("")}…` : line;
}

/** The longest run of backticks, or `least` where that is more. */
function longestRun(text: string, least: number): number {
  return Math.max(least, ...[...text.matchAll(/`+/g)].map(([run]) => run.length));
}

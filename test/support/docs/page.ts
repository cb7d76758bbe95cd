import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { HOME } from "../project.ts";

/** What stands above a code block for the tests. */
export type Mark =
  /** Its commands are run. */
  | { readonly kind: "run"; readonly fixture: readonly string[] }
  /** They cannot be, for this reason. */
  | { readonly kind: "not run"; readonly reason: string }
  /** It is config: a part of the catalogue, or of a stage. */
  | { readonly kind: "config"; readonly of: string };

/** A fenced block of a page. */
export interface Block {
  readonly page: string;
  /** Of its first line. */
  readonly line: number;
  readonly language: string;
  readonly lines: readonly string[];
  readonly mark: Mark | null;
}

/** The README and every page of docs, by path in the repository. */
export function pages(): string[] {
  const docs = readdirSync(join(HOME, "docs"), { recursive: true, encoding: "utf8" });
  return ["README.md", ...docs.filter((file) => file.endsWith(".md")).map((file) => join("docs", file))].sort();
}

export function readPage(page: string): string {
  return readFileSync(join(HOME, page), "utf8");
}

/** The fenced blocks of a page, each with the mark in the comment above it. */
export function blocksOf(page: string, text: string = readPage(page)): Block[] {
  const blocks: Block[] = [];
  let mark: Mark | null = null;
  let open: { indent: string; fence: string; language: string; line: number; lines: string[] } | null = null;
  for (const [index, line] of text.split("\n").entries()) {
    if (open !== null) {
      if (line.trim() === open.fence) {
        blocks.push({ page, line: open.line, language: open.language, lines: open.lines, mark });
        [open, mark] = [null, null];
      } else open.lines.push(line.startsWith(open.indent) ? line.slice(open.indent.length) : line);
      continue;
    }
    const [, indent, fence, language] = /^(\s*)(`{3,})(\w*)$/.exec(line) ?? [];
    if (fence !== undefined) open = { indent: indent ?? "", fence, language: language ?? "", line: index + 1, lines: [] };
    else if (line.trim() !== "") mark = markIn(line);
  }
  return blocks;
}

function markIn(line: string): Mark | null {
  const [, kind, rest = ""] = /^\s*<!-- (run|not run|config): (.+?) -->$/.exec(line) ?? [];
  switch (kind) {
    case "run":
      return { kind, fixture: rest.split(" ") };
    case "not run":
      return { kind, reason: rest };
    case "config":
      return { kind, of: rest };
    default:
      return null;
  }
}

/** A command of a console block, and the lines that the page shows under it. */
export interface Shown {
  readonly command: string;
  readonly output: readonly string[];
}

/** Takes a console block apart: `$ ` begins a command, a backslash at the end of a line goes on with it. @throws Error where output comes before any command */
export function shownIn({ page, line, lines }: Block): Shown[] {
  const shown: { command: string; output: string[] }[] = [];
  let open = false;
  for (const text of lines) {
    const last = shown.at(-1);
    if (open && last !== undefined) last.command += `\n${text}`;
    else if (text.startsWith("$ ")) shown.push({ command: text.slice(2), output: [] });
    else if (last === undefined) throw new Error(`${page}:${line}: a console block begins with a command`);
    else {
      last.output.push(text);
      continue;
    }
    open = text.endsWith("\\");
  }
  return shown;
}

import { existsSync } from "node:fs";
import { dirname, join, normalize } from "node:path";
import { HOME } from "../project.ts";
import { blocksOf, readPage } from "./page.ts";

/** Folders of this repository that pages name files of. */
const FOLDERS = /^(src|test|docs|tools|bin|bench|examples|schema|\.github|\.ci)\/[\w./-]+$/;

/** A link of a page to a file of this repository. */
export interface Link {
  readonly target: string;
  /** By path in the repository. */
  readonly path: string;
  /** The heading, where it names one. */
  readonly anchor: string | null;
}

/** The links of a page that lead into this repository. */
export function linksOf(page: string, text: string = readPage(page)): Link[] {
  return [...withoutCode(text).matchAll(/\]\(([^)\s]+)\)/g)].flatMap(([, target = ""]) => {
    if (/^[a-z]+:/.test(target)) return [];
    const [file = "", anchor] = target.split("#");
    return [{ target, path: file === "" ? page : normalize(join(dirname(page), file)), anchor: anchor ?? null }];
  });
}

/** The files and folders of this repository that a page names in its text, or in the reason why a block is not run. */
export function pathsOf(page: string, text: string = readPage(page)): string[] {
  const spans = [...withoutFences(text).matchAll(/`([^`\n]+)`/g)].map(([, span = ""]) => span);
  const reasons = blocksOf(page, text).flatMap(({ mark }) => (mark?.kind === "not run" ? mark.reason.split(/[\s,;:]+/) : []));
  return [...spans, ...reasons].filter((path) => FOLDERS.test(path));
}

/** What is wrong with a link; null when it leads somewhere. */
export function linkFault({ target, path, anchor }: Link): string | null {
  if (!existsSync(join(HOME, path))) return `${target}: there is no ${path}`;
  if (anchor === null || anchorsOf(readPage(path)).includes(anchor)) return null;
  return `${target}: ${path} has no heading #${anchor}`;
}

export function existsInRepository(path: string): boolean {
  return existsSync(join(HOME, path));
}

/** The anchors that GitHub gives to the headings of a page. */
export function anchorsOf(text: string): string[] {
  const seen = new Map<string, number>();
  return [...withoutFences(text).matchAll(/^#{1,6} (.+)$/gm)].map(([, heading = ""]) => {
    const slug = heading
      .replaceAll(/\[([^\]]+)\]\([^)]+\)/g, "$1")
      .toLowerCase()
      .replaceAll(/[^\p{L}\p{N} _-]/gu, "")
      .trim()
      .replaceAll(" ", "-");
    const before = seen.get(slug) ?? 0;
    seen.set(slug, before + 1);
    return before === 0 ? slug : `${slug}-${before}`;
  });
}

function withoutCode(text: string): string {
  return withoutFences(text).replaceAll(/`[^`\n]*`/g, "``");
}

function withoutFences(text: string): string {
  return text.replaceAll(/^(\s*)(`{3,})\w*$[\s\S]*?^\s*\2$/gm, "");
}

import { raw } from "hono/html";
import { formatMoment } from "../../model/moment.ts";
import type { Board, FlagDetail } from "../../operations/board/board.ts";
import { flagPage } from "./flag-page.ts";
import { type Markup, markup, NOTHING, renderMarkup } from "./markup.ts";
import { notices } from "./notices.ts";
import { breakable, overview } from "./overview.ts";

/** The page of the matrix. */
export function renderOverview(board: Board): Promise<string> {
  const main = overview(board, flagAddress);
  return renderPage(board, { title: "Flags and stages", heading: markup`Rollouts`, trail: NOTHING, main });
}

/** The page of one flag. */
export function renderFlagPage(board: Board, detail: FlagDetail): Promise<string> {
  const trail = markup`<nav aria-label="Way back to all flags"><a href="/">All flags</a></nav>`;
  const main = markup`${flagPage(detail, board.at, notices(board))}`;
  return renderPage(board, { title: detail.flag, heading: breakable(detail.flag), trail, main });
}

/** A page that says what cannot be shown, with its way out. */
export function renderFault(at: Date, title: string, text: string): Promise<string> {
  const trail = markup`<nav aria-label="Way back to all flags"><a href="/">All flags</a></nav>`;
  const main = markup`<section id="fault"><p class="about fault-text">${text}</p></section>`;
  return renderPage({ at, project: "sluice" }, { title, heading: markup`${title}`, trail, main });
}

export function flagAddress(flag: string): string {
  return `/flags/${encodeURIComponent(flag.toWellFormed())}`;
}

/**
 * One file with everything in it: no script, and nothing to load.
 * @param css the style sheet; it must not hold the end of its own element
 * @param cssHash its SHA-256 in base64, by which the page's policy allows it and nothing else
 */
export function renderReport(board: Board, css: string, cssHash: string): Promise<string> {
  const sections = board.details.map(
    (detail) =>
      markup`<article id="${anchorOf(detail.flag)}" class="report-flag"><h2 class="report-title">${breakable(detail.flag)}</h2>${flagPage(detail, board.at, NOTHING)}</article>`,
  );
  const page = markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8" /><meta http-equiv="Content-Security-Policy" content="default-src 'none'; style-src 'sha256-${raw(cssHash)}'; img-src data:; base-uri 'none'; form-action 'none'" />
<meta name="viewport" content="width=device-width, initial-scale=1" /><meta name="referrer" content="no-referrer" /><meta name="color-scheme" content="light dark" />
<link rel="icon" href="data:," /><title>Rollouts of ${board.project}, ${formatMoment(board.at)}</title><style>${raw(css)}</style></head>
<body><header class="top"><p class="brand">Sluice</p><h1>Rollouts</h1><p class="aside">project ${board.project}, as of ${formatMoment(board.at)}</p></header>
<main>${overview(board, (flag) => `#${anchorOf(flag)}`)}${sections}</main></body></html>
`;
  return renderMarkup(page);
}

function anchorOf(flag: string): string {
  return `flag-${encodeURIComponent(flag.toWellFormed())}`;
}

interface Parts {
  readonly title: string;
  readonly heading: Markup;
  readonly trail: Markup;
  readonly main: Markup;
}

function renderPage({ at, project }: Pick<Board, "at" | "project">, { title, heading, trail, main }: Parts): Promise<string> {
  return renderMarkup(markup`<!doctype html>
<html lang="en"><head><meta charset="utf-8" /><meta name="viewport" content="width=device-width, initial-scale=1" /><meta name="color-scheme" content="light dark" />
<title>${title} · Sluice</title><link rel="icon" href="/icon.svg" type="image/svg+xml" /><link rel="stylesheet" href="/board.css" /><script src="/board.js" type="module"></script></head>
<body><a class="skip" href="#main">Skip to the content</a><header class="top"><div id="head"><p class="brand"><a href="/">Sluice</a> <span class="aside">project ${project}</span></p>${trail}<h1>${heading}</h1></div>
<p class="aside" id="as-of">as of ${formatMoment(at)} <span id="live" role="status"></span></p></header>
<main id="main" tabindex="-1">${main}</main></body></html>
`);
}

import * as Plot from "@observablehq/plot";
import { raw } from "hono/html";
import { DOMParser } from "linkedom";
import { type Markup, markup } from "./markup.ts";

/** One course in a plot: values by their moments; NaN where there is none. */
export interface Course {
  readonly points: readonly { readonly at: Date; readonly value: number }[];
  /** `with` is drawn with a whole line, `without` with a broken one. */
  readonly side: "with" | "without";
}

export interface Drawing {
  /** Names it within its page. */
  readonly id: string;
  readonly title: string;
  /** What is to be seen, in a sentence, for those who cannot see it. */
  readonly description: string;
  readonly courses: readonly Course[];
  readonly from: Date;
  readonly to: Date;
  /** Highest value of the scale; it begins at 0. */
  readonly top: number;
  /** A value holds until the next, as an exposure does. */
  readonly steps: boolean;
  /** A value that should not be passed; null for none. */
  readonly limit: number | null;
  readonly tick: (value: number) => string;
}

/** Makes the elements of all drawings, and holds none of them. */
const document = new DOMParser().parseFromString("<html><body></body></html>", "text/html");

const WIDTH = 340;
const HEIGHT = 130;
/** From so many points on, a line shows without dots. */
const MANY = 40;
const DAY = 86_400_000;
const MONTHS = ["Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec"];

/** Draws courses over time as SVG. Colours are those of the page (`--with`, `--without`, `--limit`), so that it follows light and dark. */
export function draw(drawing: Drawing): Markup {
  const { courses, from, to, top, steps, limit, tick } = drawing;
  const marks = courses.flatMap(({ points, side }) => {
    const colour = `var(--${side})`;
    const channels = { x: "at", y: "value", curve: steps ? ("step-after" as const) : ("linear" as const) };
    return [
      ...(side === "with" ? [Plot.areaY(points, { ...channels, fill: colour, fillOpacity: 0.12 })] : []),
      Plot.lineY(points, { ...channels, stroke: colour, strokeWidth: 2, ...(side === "without" ? { strokeDasharray: "4 3" } : {}) }),
      ...(steps || points.length >= MANY ? [] : [Plot.dot(points, { x: "at", y: "value", r: 2, fill: colour })]),
    ];
  });
  const svg: unknown = Plot.plot({
    document,
    width: WIDTH,
    height: HEIGHT,
    marginLeft: 44,
    marginRight: 14,
    marginTop: 10,
    marginBottom: 24,
    x: { type: "utc", domain: [from, to] },
    y: { domain: [0, top] },
    marks: [
      Plot.gridY({ ticks: 2, stroke: "var(--line)", strokeOpacity: 1 }),
      Plot.axisY({ ticks: 2, tickSize: 0, label: null, tickFormat: tick, fontSize: 12, fill: "var(--muted)" }),
      Plot.axisX({
        ticks: timeTicks(from, to),
        tickSize: 4,
        label: null,
        tickFormat: timeFormat(from, to),
        fontSize: 12,
        fill: "var(--muted)",
        stroke: "var(--line)",
      }),
      ...(limit === null || limit > top ? [] : [Plot.ruleY([limit], { stroke: "var(--limit)", strokeWidth: 1.5, strokeDasharray: "1 3" })]),
      ...marks,
    ],
  });
  // As text, an element of linkedom's is its HTML.
  return labelled(drawing, String(svg));
}

/** Plot writes a style sheet of its own into each drawing, and names for its groups: the page has the one, and the title says the other. */
function labelled({ id, title, description }: Drawing, svg: string): Markup {
  const inner = svg
    .replace(/^<svg[^>]*>/, "")
    .replace(/<\/svg>$/, "")
    .replace(/<style>.*?<\/style>/s, "")
    .replaceAll(/ (?:aria-[a-z]+|class)="[^"]*"/g, "");
  return markup`<svg class="drawing" role="img" aria-labelledby="${id}-title ${id}-desc" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" fill="currentColor" text-anchor="middle"
  ><title id="${id}-title">${title}</title><desc id="${id}-desc">${description}</desc>${raw(inner)}</svg>`;
}

/** Three moments well within the drawing. */
function timeTicks(from: Date, to: Date): Date[] {
  const span = to.getTime() - from.getTime();
  return [0.12, 0.5, 0.88].map((share) => new Date(from.getTime() + span * share));
}

/** To the second, the minute or the day, as the span asks for; in UTC. */
function timeFormat(from: Date, to: Date): (at: Date) => string {
  const span = to.getTime() - from.getTime();
  if (span > 3 * DAY) return (at) => `${at.getUTCDate()} ${MONTHS[at.getUTCMonth()] ?? ""}`;
  if (span > 12 * 60_000) return (at) => at.toISOString().slice(11, 16);
  return (at) => at.toISOString().slice(11, 19);
}

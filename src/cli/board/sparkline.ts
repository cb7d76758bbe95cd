import type { ExposurePoint } from "../../operations/board/board.ts";
import { type Markup, markup, NOTHING } from "./markup.ts";

const WIDTH = 120;
const HEIGHT = 22;
/** Room for the stroke. */
const EDGE = 1.5;

/** The course of an exposure in a line of text, from its first point to its last; the words beside it say where it stands. */
export function sparkline(points: readonly ExposurePoint[]): Markup {
  const [first, last] = [points[0], points.at(-1)];
  if (first === undefined || last === undefined || points.every(({ exposure }) => exposure === 0)) return NOTHING;
  const span = Math.max(1, last.at.getTime() - first.at.getTime());
  const x = (at: Date): number => round(EDGE + ((at.getTime() - first.at.getTime()) / span) * (WIDTH - 2 * EDGE));
  const y = (exposure: number): number => round(HEIGHT - EDGE - (exposure / 100) * (HEIGHT - 2 * EDGE));
  const steps = points.slice(1).map(({ at, exposure }) => `H${x(at)}V${y(exposure)}`);
  const line = `M${x(first.at)} ${y(first.exposure)}${steps.join("")}`;
  const bottom = HEIGHT - EDGE;
  return markup`<svg class="spark" viewBox="0 0 ${WIDTH} ${HEIGHT}" width="${WIDTH}" height="${HEIGHT}" aria-hidden="true" focusable="false"
    ><path class="spark-area" d="${line}V${bottom}H${x(first.at)}Z" /><path class="spark-line" d="${line}" /></svg>`;
}

function round(value: number): number {
  return Math.round(value * 10) / 10;
}

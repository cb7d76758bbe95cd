import { z } from "zod";
import { escapeMarkdown, table } from "./markdown.ts";

/** The parts of the bench in the order of the page, each with a file of figures in `bench/results`. */
export const BENCH_PARTS = ["plan", "traefik", "engine", "operations", "safety", "kubernetes"] as const;
export type BenchPart = (typeof BENCH_PARTS)[number];

const TITLES: Readonly<Record<BenchPart, string>> = {
  plan: "The plan",
  traefik: "Traefik",
  engine: "Preview and update",
  operations: "Promotion, rollback and kill",
  safety: "Time to safety",
  kubernetes: "A stage on Kubernetes",
};

/** What `npm run bench -- PART --save` writes to `bench/results/PART.json`. */
export const benchResultsSchema = z.object({
  /** The day of the run, as in 2026-01-31. */
  day: z.string(),
  /** What it ran on. */
  machine: z.string(),
  rows: z.array(z.object({ what: z.string(), measured: z.string(), floor: z.string(), ratio: z.string(), limit: z.string() })),
});
export type BenchResults = z.infer<typeof benchResultsSchema>;

/** The figures of all parts that were saved as tables. @param read gives the text of a file of the repository. @throws ZodError where it is no file of figures */
export function performanceText(read: (path: string) => string): string {
  return BENCH_PARTS.map((part) => partText(part, benchResultsSchema.parse(JSON.parse(read(`bench/results/${part}.json`))))).join("\n\n");
}

function partText(part: BenchPart, { day, machine, rows }: BenchResults): string {
  const cells = rows.map((row) => [row.what, row.measured, row.floor, row.ratio, row.limit].map(escapeMarkdown));
  return [
    `## ${TITLES[part]}`,
    `\`npm run bench -- ${part}\`, ${day}, ${escapeMarkdown(machine)}.`,
    table(["what", "measured", "floor", "ratio", "limit"], cells),
  ].join("\n\n");
}

import { z } from "zod";
import { escapeMarkdown, table } from "./markdown.ts";

/** The parts of the bench in the order of the page, each with a file of figures in `bench/results`. */
export const BENCH_PARTS = ["plan", "traefik", "engine", "operations", "safety", "kubernetes"] as const;
export type BenchPart = (typeof BENCH_PARTS)[number];

/** The title of each part, and how its rows are read. */
const PARTS: Readonly<Record<BenchPart, readonly [title: string, reading: string]>> = {
  plan: [
    "The plan",
    "What follows from config, for catalogues that grow tenfold from one figure to the next, and the least-squares exponent of that growth: N^1 doubles with the catalogue, N^2 quadruples. Of ten flags five are off, three settled, one new to everyone and one on its way there; each is on two services, of which every second starts a process for each variant. A floor that grows faster than N is the machine's: what no longer fits its caches costs more.",
  ],
  traefik: [
    "Traefik",
    "Every service has a flag at 25 per cent, so five buckets; the floor is the same services with one plain router each. Two Traefiks stand in turn before one upstream (Node.js, two bytes an answer) and share the machine with it and with the load (autocannon over loopback, 16 connections; 1 for latency): the figures are for comparing, not for sizing, and Traefik's CPU time says most. Above 1 is dearer, for requests a second below 1.",
  ],
  engine: [
    "Preview and update",
    "What Sluice adds to what the engine takes for a program that makes nothing, and for one with the same resources written by hand (`bench/written-by-hand.ts`), which works none of them out: the two floors, each with its ratio and its limit in this order. The env files of a local stage are one resource, so that a stage of 1,000 services has 5 resources. A changed flag may take 2 times its floor at 1,000 services, as at any number above 10; the goal is meant of the program written by hand, and the empty one is told beside it. In a stage of 10 services a preview and an update may take 1.5 times what the empty program takes.",
  ],
  operations: [
    "Breach and losses",
    "A promotion whose variant begins to fail while it is watched, from the first error to the last response of the variant, and what a rollback and a kill lose under a load that shares the machine with them. How long these take is under time to safety.",
  ],
  safety: [
    "Time to safety",
    "The ways to take a flag off, each from its beginning to the last response of the variant, at 200 requests a second on the same stage in turn. The edit by hand is a script that has the new text ready; a person has yet to find and write it. What is left is what a refreshed preview of Sluice finds afterwards, for Terraform its own plan. Where another way is faster, its ratio is below Sluice's. Limits are for Sluice's ways: a kill may take 300 ms, a rollback 1.5 times what an update of an empty program and the edit by hand take together.",
  ],
  kubernetes: [
    "A stage on Kubernetes",
    "Against an API server on the same machine. The floors are kubectl with the same objects together with an update of an empty program, and a program with the same resources written by hand (`bench/written-by-hand.ts`), each with its ratio and its limit in this order. A changed flag may take 3 times the first, without touching other objects, and 2 times the second; what no limit is set for, is there to be known.",
  ],
};

/** What `npm run bench -- PART --save` writes to `bench/results/PART.json`. */
export const benchResultsSchema = z.object({
  /** The day of the run, as in 2026-01-31; empty where there was none yet. */
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
  const [title, reading] = PARTS[part];
  const head = [`## ${title}`, reading];
  if (rows.length === 0) return [...head, `No figures are saved yet: \`npm run bench -- ${part} --save\`.`].join("\n\n");
  const cells = rows.map((row) => [row.what, row.measured, row.floor, row.ratio, row.limit].map(escapeMarkdown));
  return [...head, `\`npm run bench -- ${part}\`, ${day}, ${escapeMarkdown(machine)}.`, table(["what", "measured", "floor", "ratio", "limit"], cells)].join(
    "\n\n",
  );
}

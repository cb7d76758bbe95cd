import { parse } from "yaml";
import { z } from "zod/mini";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import { readEntries, writeEntries } from "./entries.ts";
import { variantService } from "./names.ts";
import type { TraefikDocument } from "./types.ts";

/** By Traefik service of a variant, the flags that are on in it: what a document alone does not say. */
export type Legend = Readonly<Record<string, readonly string[]>>;

/** A file may begin with a mark of its byte order, which Traefik reads over. */
const LEGEND = /^\uFEFF?# variants: (.*)$/m;

/** Whether a text has a legend, and so comes from a document of Sluice's. */
export function hasLegend(text: string): boolean {
  return LEGEND.test(text);
}

/** The legend of a plan's document. */
export function legendOf(plan: RolloutPlan): Legend {
  return Object.fromEntries(
    Object.entries(plan.services).flatMap(([name, service]) => service.variants.map((variant) => [variantService(name, variant.name), variant.flags] as const)),
  );
}

/** A document as Traefik reads it: YAML with sorted keys and one line for each part, and the legend in a comment, by which a kill knows whom to move. */
export function documentText(document: TraefikDocument | ReadDocument, legend: Legend): string {
  const sorted = Object.fromEntries(Object.entries(legend).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `# variants: ${JSON.stringify(sorted)}\n${writeEntries(document)}`;
}

const legendSchema = z.record(z.string(), z.array(z.string()));
const headersSchema = z.record(z.string(), z.string());
// What a withdrawal needs; the rest may be anything, also what a person has put there by hand.
const documentSchema = z.looseObject({
  http: z.looseObject({
    routers: z.record(z.string(), z.looseObject({ service: z.string() })),
    services: z.record(
      z.string(),
      z.looseObject({
        loadBalancer: z.optional(z.looseObject({ servers: z.array(z.looseObject({ url: z.string() })) })),
        weighted: z.optional(z.looseObject({ services: z.array(z.looseObject({ name: z.string() })) })),
      }),
    ),
    middlewares: z.record(
      z.string(),
      z.looseObject({
        headers: z.optional(z.looseObject({ customRequestHeaders: z.optional(headersSchema), customResponseHeaders: z.optional(headersSchema) })),
      }),
    ),
  }),
});

/** A document as it was read back; parts that a withdrawal does not touch are kept as they are. */
export type ReadDocument = z.output<typeof documentSchema>;

/** Looking for a repeated key holds each against all others, and a kill waits for it; Traefik itself takes no document that has one. */
const REPEATED_KEYS_UNCHECKED = { uniqueKeys: false } as const;

/** What a document says, also where a person has edited it; of a key that is there twice, the last. @throws YAMLParseError */
export function parseDocument(text: string): unknown {
  return readEntries(text) ?? parse(text, REPEATED_KEYS_UNCHECKED);
}

/** Reads a written document. @throws Error saying why it is none of ours */
export function readDocument(text: string): { readonly document: ReadDocument; readonly legend: Legend } {
  const legend = legendSchema.safeParse(parseOrNull(LEGEND.exec(text)?.[1] ?? "", JSON.parse));
  if (!legend.success) throw new Error("it has no line `# variants:` that names its variants");
  const document = documentSchema.safeParse(parseOrNull(text, parseDocument));
  if (!document.success) throw new Error("it is not the YAML that Sluice writes");
  return { document: document.data, legend: legend.data };
}

function parseOrNull(text: string, parser: (text: string) => unknown): unknown {
  try {
    return parser(text);
  } catch {
    return null;
  }
}

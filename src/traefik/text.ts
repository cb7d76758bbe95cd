import { parse, stringify } from "yaml";
import { z } from "zod/mini";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import { variantService } from "./names.ts";
import type { TraefikDocument } from "./types.ts";

/** By Traefik service of a variant, the flags that are on in it: what a document alone does not say. */
export type Legend = Readonly<Record<string, readonly string[]>>;

const LEGEND = /^# variants: (.*)$/m;

/** The legend of a plan's document. */
export function legendOf(plan: RolloutPlan): Legend {
  return Object.fromEntries(
    Object.entries(plan.services).flatMap(([name, service]) => service.variants.map((variant) => [variantService(name, variant.name), variant.flags] as const)),
  );
}

/** A document as Traefik reads it: YAML with sorted keys, and the legend in a comment, by which a kill knows whom to move. */
export function documentText(document: TraefikDocument, legend: Legend): string {
  const sorted = Object.fromEntries(Object.entries(legend).sort(([a], [b]) => (a < b ? -1 : 1)));
  return `# variants: ${JSON.stringify(sorted)}\n${stringify(document, { lineWidth: 0, sortMapEntries: true, aliasDuplicateObjects: false })}`;
}

const legendSchema = z.record(z.string(), z.array(z.string()));
const headersSchema = z.record(z.string(), z.string());
const documentSchema = z.object({
  http: z.object({
    routers: z.record(z.string(), z.looseObject({ rule: z.string(), priority: z.number(), service: z.string(), middlewares: z.array(z.string()) })),
    services: z.record(
      z.string(),
      z.looseObject({
        middlewares: z.optional(z.array(z.string())),
        loadBalancer: z.optional(z.object({ servers: z.array(z.object({ url: z.string() })) })),
        weighted: z.optional(z.looseObject({ services: z.array(z.object({ name: z.string(), weight: z.number() })) })),
      }),
    ),
    middlewares: z.record(
      z.string(),
      z.object({ headers: z.object({ customRequestHeaders: z.optional(headersSchema), customResponseHeaders: z.optional(headersSchema) }) }),
    ),
  }),
});

/** A document as it was read back; parts that a withdrawal does not touch are kept as they are. */
export type ReadDocument = z.output<typeof documentSchema>;

/** Reads a written document. @throws Error when it is none of ours */
export function readDocument(text: string): { readonly document: ReadDocument; readonly legend: Legend } {
  const legend = LEGEND.exec(text)?.[1];
  if (legend === undefined) throw new Error("its first line does not name the variants");
  return { document: documentSchema.parse(parse(text)), legend: legendSchema.parse(JSON.parse(legend)) };
}

/** The text of a document that was read back. */
export function writtenText(document: ReadDocument, legend: Legend): string {
  return `# variants: ${JSON.stringify(legend)}\n${stringify(document, { lineWidth: 0, aliasDuplicateObjects: false })}`;
}

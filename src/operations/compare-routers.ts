import { z } from "zod";
import { parseDocument } from "../traefik/text.ts";
import { OperationError } from "./errors.ts";
import type { Checkpoint } from "./state-files.ts";

/** How the routers of a running Traefik differ from those of a state; each as `name service rule`. */
export interface RouterDifference {
  readonly missing: readonly string[];
  readonly tooMany: readonly string[];
}

const documentSchema = z.looseObject({
  http: z.looseObject({ routers: z.record(z.string(), z.looseObject({ rule: z.string(), service: z.string() })).default({}) }),
});
const inputsSchema = z.looseObject({ content: z.string() });

/**
 * Compares routers, apart from those of testers: their rules hold a secret, which the state does not show.
 * @throws OperationError where the document that the state has was spoilt
 */
export function compareRouters(checkpoint: Checkpoint, running: readonly string[]): RouterDifference {
  const expected = documentedRouters(checkpoint);
  if (expected === null) return { missing: [], tooMany: [] };
  const found = running.filter((router) => !isTesters(router));
  const [there, wanted] = [new Set(found), new Set(expected)];
  return { missing: expected.filter((router) => !there.has(router)), tooMany: found.filter((router) => !wanted.has(router)) };
}

function isTesters(router: string): boolean {
  return router.split(" ")[0]?.endsWith(".tester") === true;
}

/** The routers of the document of that update, without those of testers; null where it has none. */
function documentedRouters(checkpoint: Checkpoint): string[] | null {
  const file = checkpoint.resources.find((resource) => resource.type === "sluice-local:index:TraefikFile");
  const inputs = inputsSchema.safeParse(file?.inputs);
  if (!inputs.success) return null;
  return Object.entries(readDocument(inputs.data.content).http.routers)
    .map(([name, router]) => `${name} ${router.service} ${router.rule}`)
    .filter((router) => !isTesters(router));
}

function readDocument(text: string): z.output<typeof documentSchema> {
  try {
    return documentSchema.parse(parseDocument(text));
  } catch {
    throw new OperationError(
      "engine",
      "The state of that update has a document of Traefik's that is none; docs/state.md says how to put an earlier state back.",
    );
  }
}

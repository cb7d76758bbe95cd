import { z } from "zod";
import { ask } from "../../../src/net/ask.ts";
import { newRevision, REVISION_PLACEHOLDER, REVISION_PREFIX } from "../../../src/traefik/names.ts";
import { TESTER_PLACEHOLDER } from "../../../src/traefik/routers.ts";
import { documentText } from "../../../src/traefik/text.ts";
import type { TraefikDocument } from "../../../src/traefik/types.ts";
import type { ScratchTraefik } from "../scratch-traefik.ts";

const parts = z.record(z.string(), z.looseObject({ status: z.string().default("enabled"), error: z.array(z.string()).default([]) })).default({});
const rawData = z.looseObject({ routers: parts, services: parts, middlewares: parts });
const KINDS = ["routers", "services", "middlewares"] as const;

/**
 * Loads documents into a real Traefik as one, each with names of its own.
 * @returns what it has not taken, as `index: kind name: Traefik's words`; where it takes no document of many, that of those alone that are at fault
 */
export async function refusedParts(traefik: ScratchTraefik, documents: readonly TraefikDocument[], first = 0): Promise<string[]> {
  const revision = newRevision();
  const http = { routers: {}, services: {}, middlewares: {} };
  for (const [index, document] of documents.entries()) for (const kind of KINDS) Object.assign(http[kind], prefixed(document, first + index)[kind]);
  const text = documentText({ http }, {}).replaceAll(TESTER_PLACEHOLDER, "a-tester-secret-of-tests").replaceAll(REVISION_PLACEHOLDER, revision);
  const loaded = await traefik.load(`${text}\n`, revision).then(
    () => true,
    () => false,
  );
  if (!loaded && documents.length === 1) return [`${first}: Traefik does not read the document`];
  if (!loaded) {
    const half = documents.length >> 1;
    return [...(await refusedParts(traefik, documents.slice(0, half), first)), ...(await refusedParts(traefik, documents.slice(half), first + half))];
  }
  const taken = rawData.parse(JSON.parse((await ask(traefik.admin, { path: "/api/rawdata" })).body));
  return KINDS.flatMap((kind) =>
    Object.keys(http[kind]).flatMap((name) => {
      const part = taken[kind][`${name.replace(REVISION_PLACEHOLDER, revision)}@file`];
      if (part?.status === "enabled" && part.error.length === 0) return [];
      return [`${name.replace(".", `: ${kind} `)}: ${part === undefined ? "absent" : part.error.join(" ")}`];
    }),
  );
}

/** A document whose parts are called `<index>.<name>`, apart from the marker, which shows that all are read. */
function prefixed({ http }: TraefikDocument, index: number): TraefikDocument["http"] {
  const own = (name: string): string => (name.startsWith(REVISION_PREFIX) ? name : `${index}.${name}`);
  const routers = Object.entries(http.routers).map(
    ([name, router]) => [own(name), { ...router, service: own(router.service), middlewares: router.middlewares.map(own) }] as const,
  );
  const services = Object.entries(http.services).map(([name, { middlewares, weighted, ...rest }]) => {
    const children = weighted?.services.map((child) => ({ ...child, name: own(child.name) }));
    return [
      own(name),
      {
        ...rest,
        ...(middlewares === undefined ? {} : { middlewares: middlewares.map(own) }),
        ...(weighted === undefined || children === undefined ? {} : { weighted: { ...weighted, services: children } }),
      },
    ] as const;
  });
  const middlewares = Object.entries(http.middlewares).map(([name, middleware]) => [own(name), middleware] as const);
  return { routers: Object.fromEntries(routers), services: Object.fromEntries(services), middlewares: Object.fromEntries(middlewares) };
}

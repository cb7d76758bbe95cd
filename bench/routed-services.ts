import { parseConfig } from "../src/config/parse.ts";
import { planRollout } from "../src/plan/plan.ts";
import { traefikDocument } from "../src/traefik/document.ts";
import { REVISION_PLACEHOLDER, REVISION_PREFIX } from "../src/traefik/names.ts";
import { documentText, legendOf } from "../src/traefik/text.ts";
import { catalogOf, clusterSettings, serviceNames } from "./many-services.ts";

/** The revision that both documents have; who writes one replaces it. */
export const REVISION = "a00000000000";

/** The path of one of many services. */
export function pathOf(index: number): string {
  return `/service-${index}/`;
}

/** Sluice's document for services that each have a flag of their own, on for a quarter of the visitors. @param upstream what all variants lead to */
export function routedText(services: number, upstream: string): string {
  const names = serviceNames(services);
  const parsed = parseConfig({
    stage: "dev",
    catalog: { ...catalogOf(names, services, (name) => ({ rule: ruleOf(name) })) },
    settings: {
      target: "kubernetes",
      kubernetes: clusterSettings(names),
      flags: Object.fromEntries(names.map((_, index) => [`FLAG_${index}`, 25])),
    },
    plainKeys: [],
    secretPaths: [],
  });
  if (!parsed.ok) throw new Error(JSON.stringify(parsed.faults[0]));
  const plan = planRollout(parsed.model.catalog, parsed.model.settings);
  return documentText(
    traefikDocument(plan, () => upstream),
    legendOf(plan),
  ).replaceAll(REVISION_PLACEHOLDER, REVISION);
}

/** What a person would write for the same services without flags: one router each, straight to the service. */
export function plainText(services: number, upstream: string): string {
  const names = serviceNames(services);
  const document = {
    http: {
      routers: Object.fromEntries(names.map((name) => [name, { rule: ruleOf(name), priority: ruleOf(name).length, service: name, middlewares: [] }])),
      services: Object.fromEntries(names.map((name) => [name, { loadBalancer: { servers: [{ url: upstream }] } }])),
      middlewares: { [`${REVISION_PREFIX}${REVISION}`]: { headers: { customResponseHeaders: { "X-Sluice-Revision": REVISION } } } },
    },
  };
  return documentText(document, {});
}

function ruleOf(name: string): string {
  return `PathPrefix(\`/${name}/\`)`;
}

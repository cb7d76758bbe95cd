import { parseConfig } from "../src/config/parse.ts";
import { planRollout } from "../src/plan/plan.ts";
import { traefikDocument } from "../src/traefik/document.ts";
import { REVISION_PLACEHOLDER, REVISION_PREFIX } from "../src/traefik/names.ts";
import { documentText, legendOf } from "../src/traefik/text.ts";

/** The revision that both documents have; who writes one replaces it. */
export const REVISION = "a00000000000";

/** The path of one of many services. */
export function pathOf(index: number): string {
  return `/service-${index}/`;
}

/** Sluice's document for services that each have a flag of their own, on for a quarter of the visitors. @param upstream what all variants lead to */
export function routedText(services: number, upstream: string): string {
  const indices = Array.from({ length: services }, (_, index) => index);
  const flag = { description: "x", owner: "x", expires: "9999-12-31" };
  const parsed = parseConfig({
    stage: "dev",
    catalog: {
      stages: ["dev"],
      steps: [1, 5, 25, 50, 100],
      services: Object.fromEntries(indices.map((index) => [`service-${index}`, { rule: ruleOf(index) }])),
      flags: Object.fromEntries(indices.map((index) => [`FLAG_${index}`, { ...flag, services: [`service-${index}`] }])),
    },
    settings: {
      target: "kubernetes",
      kubernetes: {
        namespace: "bench",
        clusters: { main: { context: "main" } },
        services: Object.fromEntries(indices.map((index) => [`service-${index}`, { image: "registry.example/service:1" }])),
      },
      flags: Object.fromEntries(indices.map((index) => [`FLAG_${index}`, 25])),
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
  const names = Array.from({ length: services }, (_, index) => `service-${index}`);
  const document = {
    http: {
      routers: Object.fromEntries(names.map((name, index) => [name, { rule: ruleOf(index), priority: ruleOf(index).length, service: name, middlewares: [] }])),
      services: Object.fromEntries(names.map((name) => [name, { loadBalancer: { servers: [{ url: upstream }] } }])),
      middlewares: { [`${REVISION_PREFIX}${REVISION}`]: { headers: { customResponseHeaders: { "X-Sluice-Revision": REVISION } } } },
    },
  };
  return documentText(document, {});
}

function ruleOf(index: number): string {
  return `PathPrefix(\`${pathOf(index)}\`)`;
}

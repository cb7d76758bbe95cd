import { readFile } from "node:fs/promises";
import { parseAllDocuments } from "yaml";
import { z } from "zod";
import { requireTraefikDefinitions } from "../../../src/setup/traefik-definitions.ts";
import { until } from "../wait.ts";
import type { Api } from "./api.ts";

const definition = z.looseObject({ metadata: z.looseObject({ name: z.string() }), spec: z.looseObject({ names: z.looseObject({ plural: z.string() }) }) });
const resourceList = z.object({ resources: z.array(z.object({ name: z.string() })) });
const GROUP = "/apis/traefik.io/v1alpha1";

/** Makes Traefik's resource definitions known to an API server, and waits until it serves them. */
export async function installTraefikDefinitions(api: Api): Promise<void> {
  const documents = parseAllDocuments(await readFile(await requireTraefikDefinitions(), "utf8"));
  const definitions = documents.map((document) => definition.parse(document.toJS()));
  await Promise.all(definitions.map((body) => api.post("/apis/apiextensions.k8s.io/v1/customresourcedefinitions", body)));
  const wanted = definitions.map((body) => body.spec.names.plural);
  await until("the API server serves Traefik's resources", async () => {
    const served = await api.get(GROUP, resourceList).catch(() => null);
    return served !== null && wanted.every((name) => served.resources.some((resource) => resource.name === name));
  });
}

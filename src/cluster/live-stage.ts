import { z } from "zod/mini";
import { carryingIn, ENDPOINT_SLICE, sliceSchema } from "../kubernetes/endpoints.ts";
import { FLAGS_ANNOTATION, stageSelector } from "../kubernetes/labels.ts";
import { routeSpecSchema, slotSpecSchema } from "../kubernetes/routing-schemas.ts";
import { TRAEFIK_API } from "../kubernetes/routing-types.ts";
import type { LiveRouting } from "../kubernetes/withdraw.ts";
import type { ClusterClient } from "./client.ts";

/** Where the objects of a stage are in a cluster. */
export interface Home {
  readonly namespace: string;
  readonly stage: string;
}

const strings = z._default(z.record(z.string(), z.string()), {});
const metadataSchema = z.object({ name: z.string(), resourceVersion: z.string(), labels: strings, annotations: strings });
/** Of an object, what has to be sent again with it. */
export type LiveMetadata = z.output<typeof metadataSchema>;

const headerValues = z.optional(z.record(z.string(), z.string()));
const headers = z.looseObject({ customRequestHeaders: headerValues, customResponseHeaders: headerValues });
const middlewareSpec = z.looseObject({ headers: z.optional(headers) });
const objectOf = <T extends z.ZodMiniType>(spec: T) => z.object({ metadata: metadataSchema, spec });

const named = z.looseObject({ metadata: metadataSchema });
export interface LiveRoute {
  readonly metadata: LiveMetadata;
  readonly spec: z.output<typeof routeSpecSchema>;
}

/** The routing of a stage as a cluster has it. */
export interface LiveStage {
  readonly routing: LiveRouting;
  /** By kind and name, such as `TraefikService voice-api.newcomers`. */
  readonly metadata: ReadonlyMap<string, LiveMetadata>;
  readonly routes: readonly LiveRoute[];
  /** Services of variants with a pod that can take traffic. */
  readonly carrying: ReadonlySet<string>;
  /** Objects with the stage's labels that are not as Sluice writes them, as kind and name. */
  readonly unreadable: readonly string[];
}

/** Reads what a cluster has of a stage. @throws ClusterError */
export async function readLiveStage(client: ClusterClient, { namespace, stage }: Home): Promise<LiveStage> {
  const selection = { namespace, labels: stageSelector(stage) };
  const list = (kind: string) => client.list({ apiVersion: TRAEFIK_API, kind }, selection, named);
  const [services, slices, slots, middlewares, routes] = await Promise.all([
    client.list({ apiVersion: "v1", kind: "Service" }, selection, named),
    client.list(ENDPOINT_SLICE, selection, sliceSchema),
    list("TraefikService"),
    list("Middleware"),
    list("IngressRoute"),
  ]);
  const unreadable: string[] = [];
  const metadata = new Map<string, LiveMetadata>();
  const read = <T extends z.ZodMiniType>(kind: string, objects: readonly z.output<typeof named>[], schema: T): z.output<T>[] =>
    objects.flatMap((object) => {
      const key = `${kind} ${object.metadata.name}`;
      metadata.set(key, object.metadata);
      const parsed = schema.safeParse(object);
      if (!parsed.success) unreadable.push(key);
      return parsed.success ? [parsed.data] : [];
    });
  const leaves = services.flatMap(({ metadata: { name, annotations } }) => {
    const flags = annotations[FLAGS_ANNOTATION];
    return flags === undefined ? [] : [[name, flags === "" ? [] : flags.split(",")] as const];
  });
  const liveRoutes = read("IngressRoute", routes, objectOf(routeSpecSchema));
  const routing = {
    legend: Object.fromEntries(leaves),
    slots: read("TraefikService", slots, objectOf(slotSpecSchema)).map(({ metadata: { name }, spec }) => ({ name, spec })),
    middlewares: read("Middleware", middlewares, objectOf(middlewareSpec)).map(({ metadata: { name }, spec }) => ({ name, spec })),
    routes: routes.map((route) => route.metadata.name),
  };
  return { routing, metadata, routes: liveRoutes, carrying: carryingIn(slices), unreadable };
}

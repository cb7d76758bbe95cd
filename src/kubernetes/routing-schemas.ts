import { z } from "zod/mini";

const child = z.looseObject({
  kind: z._default(z.string(), "Service"),
  name: z.string(),
  port: z.optional(z.union([z.string(), z.number()])),
  middlewares: z.optional(z.array(z.object({ name: z.string() }))),
});

/** The spec of a slot as a cluster has it, with whatever a person has put there beside. */
export const slotSpecSchema = z.looseObject({ weighted: z.looseObject({ services: z.array(child) }) });

/** The spec of an IngressRoute, likewise. */
export const routeSpecSchema = z.looseObject({
  routes: z.array(z.object({ match: z.string(), services: z._default(z.array(z.object({ name: z.string() })), []) })),
});

/** A service as Traefik's API shows it. */
export const traefikServiceSchema = z.object({
  name: z.string(),
  status: z._default(z.string(), ""),
  weighted: z.optional(z.object({ services: z._default(z.array(z.object({ name: z.string() })), []) })),
  loadBalancer: z.optional(z.object({ servers: z._default(z.array(z.unknown()), []) })),
});

/** A router, likewise. */
export const traefikRouterSchema = z.object({ name: z.string(), status: z._default(z.string(), "") });

import { z } from "zod/mini";

/** What the cluster knows of the pods behind a Service, and Traefik after it. */
export const ENDPOINT_SLICE = { apiVersion: "discovery.k8s.io/v1", kind: "EndpointSlice" } as const;
/** Label with the Service of a slice. */
export const SERVICE_NAME = "kubernetes.io/service-name";

export const sliceSchema = z.object({
  metadata: z.object({ labels: z._default(z.record(z.string(), z.string()), {}) }),
  endpoints: z.nullish(z.array(z.object({ conditions: z._default(z.object({ ready: z.nullish(z.boolean()) }), {}) }))),
});

type Slice = z.output<typeof sliceSchema>;

/** The Service that a slice belongs to; undefined where it is none's. */
export function serviceOf({ metadata }: Slice): string | undefined {
  return metadata.labels[SERVICE_NAME];
}

/** Services with a pod that can take traffic. What Kubernetes does not say of an endpoint's readiness counts as ready. */
export function carryingIn(slices: readonly Slice[]): ReadonlySet<string> {
  return new Set(
    slices.flatMap((slice) => {
      const ready = slice.endpoints?.some(({ conditions }) => conditions.ready !== false) === true;
      return ready ? (serviceOf(slice) ?? []) : [];
    }),
  );
}

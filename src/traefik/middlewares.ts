import { flagHeader, flagHeaderForms } from "../model/flag-name.ts";
import { BUCKET_HEADER, TESTER_HEADER, VARIANT_HEADER } from "../model/headers.ts";
import type { RolloutPlan, ServicePlan, Variant } from "../plan/rollout-plan.ts";
import type { TraefikMiddleware } from "./types.ts";

/** Removes from requests what only Sluice may say. */
export const CLEAN = "sluice-clean";
/** Tells the application that the visitor is a tester. */
export const TESTER = "sluice-tester";

/** The middleware that tells the application the visitor's bucket. */
export function bucketMiddleware(bucket: number): string {
  return `sluice-bucket-${bucket}`;
}

/** The middlewares that do not belong to one service. */
export function sharedMiddlewares(plan: RolloutPlan): Record<string, TraefikMiddleware> {
  const ours = [BUCKET_HEADER, TESTER_HEADER, VARIANT_HEADER, ...plan.knownFlags.flatMap(flagHeaderForms)];
  const middlewares: Record<string, TraefikMiddleware> = {
    [CLEAN]: { headers: { customRequestHeaders: Object.fromEntries(ours.map((header) => [header, ""])) } },
  };
  const services = Object.values(plan.services);
  if (services.some((service) => service.cohorts.length > 1)) {
    for (const bucket of plan.buckets) {
      middlewares[bucketMiddleware(bucket.id)] = { headers: { customRequestHeaders: { [BUCKET_HEADER]: String(bucket.id) } } };
    }
  }
  if (services.some((service) => service.testers !== null)) {
    middlewares[TESTER] = { headers: { customRequestHeaders: { [TESTER_HEADER]: "true" } } };
  }
  return middlewares;
}

/** Marks the variant's responses, and under `header` delivery tells it each of its service's flags. */
export function variantMiddleware(service: ServicePlan, variant: Variant): TraefikMiddleware {
  const customResponseHeaders = { [VARIANT_HEADER]: variant.mark };
  if (service.delivery === "env" || service.flags.length === 0) return { headers: { customResponseHeaders } };
  const values = service.flags.map((flag) => [flagHeader(flag), String(variant.flags.includes(flag))] as const);
  return { headers: { customRequestHeaders: Object.fromEntries(values), customResponseHeaders } };
}

import type { Catalog } from "../model/catalog.ts";
import type { MonitoringSettings } from "../model/settings.ts";
import type { RolloutPlan } from "../plan/rollout-plan.ts";
import { variantService } from "../traefik/names.ts";
import type { Timing } from "./timing.ts";

/** A regular expression (RE2, anchored) that matches the label `service` of Traefik's metrics for a variant of a service. */
export type TraefikServices = (service: string, variant: string) => string;

/** Everything that the monitoring of a stage follows from. */
export interface MonitoringInput {
  readonly catalog: Catalog;
  readonly plan: RolloutPlan;
  readonly settings: MonitoringSettings;
  readonly traefikServices: TraefikServices;
  /** Address of Traefik's API, below which it shows its metrics; null where something else scrapes it. */
  readonly traefik: string | null;
  readonly timing: Timing;
}

/** How Traefik names a variant's service in a document of its file provider. */
export const fileServices: TraefikServices = (service, variant) => `${variantService(service, variant)}@file`;

/**
 * How Traefik names the services of a variant that are Kubernetes Services: namespace, name and port, joined by single
 * hyphens. The Service's name ends in the hash of its environment, its ports are `http` and one for each bucket.
 */
export function kubernetesServices(namespace: string): TraefikServices {
  return (service, variant) => `${namespace}-${variantService(service, variant).replaceAll(/-+/g, "-")}(-[0-9a-f]{8})?-(http|bucket-[0-9]+)@kubernetescrd`;
}

import type { Bucket } from "../model/bucket.ts";
import type { CookieAttributes, Delivery } from "../model/catalog.ts";
import type { Exposure } from "../model/exposure.ts";

/**
 * Why a variant runs. `live`: some cohort sees it. `testers`: only testers do. `warm`: no one does,
 * but it must be able to take everyone at once, on the way back.
 */
export type VariantRole = "live" | "testers" | "warm";

/** One running form of a service. */
export interface Variant {
  readonly name: string;
  /** The flags that are on in it, sorted. */
  readonly flags: readonly string[];
  readonly role: VariantRole;
  /** What the response header `X-Sluice-Variant` says; tells no flag's name to the public. */
  readonly mark: string;
}

/** The buckets that see the same variant; weights of a service add up to 100. */
export interface Cohort {
  readonly variant: string;
  readonly buckets: readonly number[];
  readonly weight: number;
}

/** A Traefik rule that leads to a service. */
export interface Route {
  readonly name: string;
  readonly rule: string;
  readonly priority: number;
  /** The flag that the route exists for; null for a service's own rule. */
  readonly gatedBy: string | null;
  /** Whether only testers can reach it: its flag's exposure is 0. */
  readonly testersOnly: boolean;
}

export interface ServicePlan {
  readonly delivery: Delivery;
  /** The catalogue's flags for this service, sorted. */
  readonly flags: readonly string[];
  readonly variants: readonly Variant[];
  readonly cohorts: readonly Cohort[];
  /** The variant that testers see; null when they see what everyone sees. */
  readonly testers: string | null;
  readonly routes: readonly Route[];
}

/** Everything that a target builds, and everything that a rollback proves. Plain and canonical. */
export interface RolloutPlan {
  readonly stage: string;
  readonly buckets: readonly Bucket[];
  readonly cookie: CookieAttributes;
  /** Every flag that anyone sees, or that is killed; a flag at 0 is absent. */
  readonly flags: Readonly<Record<string, Exposure>>;
  /** Names of all flags of the catalogue, sorted: their headers are removed from what clients send. */
  readonly knownFlags: readonly string[];
  readonly services: Readonly<Record<string, ServicePlan>>;
}

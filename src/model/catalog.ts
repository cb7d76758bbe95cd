/** How a service learns which flags are on: by its environment, or by a request header that Traefik sets. */
export type Delivery = "env" | "header";

/** A router that exists only while its flag's exposure is above 0. */
export interface GatedRoute {
  readonly rule: string;
  readonly service: string;
  readonly priority: number | null;
}

export interface FlagDefinition {
  readonly description: string;
  readonly owner: string;
  /** Last day (ISO 8601, UTC) on which exposure may still be raised. */
  readonly expires: string;
  readonly services: readonly string[];
  readonly routes: Readonly<Record<string, GatedRoute>>;
  /** Flags that must be on at least as far as this one, in the same stage. */
  readonly requires: readonly string[];
}

export interface Service {
  readonly rule: string;
  readonly priority: number | null;
  readonly delivery: Delivery;
  /** How `sluice serve` starts one process of it; empty when something else runs it. */
  readonly command: readonly string[];
}

/** Attributes of the bucket cookies. `maxAge` is in seconds; a null `domain` binds them to the host. */
export interface CookieAttributes {
  readonly secure: boolean;
  readonly domain: string | null;
  readonly maxAge: number;
}

/** What is the same in every stage. */
export interface Catalog {
  readonly stages: readonly string[];
  /** Ascending percentages; the last is 100. They cut the buckets. */
  readonly steps: readonly number[];
  readonly cookie: CookieAttributes;
  readonly services: Readonly<Record<string, Service>>;
  readonly flags: Readonly<Record<string, FlagDefinition>>;
}

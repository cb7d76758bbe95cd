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
  /** By stage, for how many milliseconds the flag must have been fully on there before the next stage may raise it. */
  readonly soak: Readonly<Record<string, number>>;
  /** How old a rehearsed rollback may be when the flag is raised, in milliseconds; null where none is asked for. */
  readonly drill: number | null;
  /** Whether someone other than the author must approve a raise. */
  readonly review: boolean;
  readonly watch: Watch;
}

/** How a promotion watches each of its steps; times in milliseconds. */
export interface Watch {
  /** By stage, how long each step is watched before the next. */
  readonly duration: Readonly<Record<string, number>>;
  /** Between two samples of the metrics. */
  readonly interval: number;
  /** How long a promotion waits for facts that do not come before it ends. */
  readonly patience: number;
  /** Requests that each variant must have answered in a step before it is judged. */
  readonly minimumRequests: number;
  /** Highest probability that a promotion of a flag that changes nothing is rolled back. */
  readonly falseAlarmRate: number;
  readonly metrics: Readonly<Record<string, Metric>>;
}

/**
 * What is judged. All but `value` are shares of bad events among all: `limit` is the highest share
 * allowed for the variant with the flag (null for none), `compare` holds it against the variant without.
 */
export type Metric =
  /** Answers with a status of 500 and above. */
  | { readonly kind: "error-ratio"; readonly limit: number | null; readonly compare: boolean }
  /** `quantile` of the requests must be answered within `limit` seconds; a bad event is a slower answer. */
  | { readonly kind: "latency"; readonly quantile: number; readonly limit: number; readonly compare: boolean }
  /** Two PromQL queries for counters; `$variant` stands for a pattern of Traefik's names of the services of one side. */
  | { readonly kind: "ratio"; readonly bad: string; readonly total: string; readonly limit: number | null; readonly compare: boolean }
  /** A PromQL query for one number of the variant with the flag: a breach when it is out of bounds `failures` times in a row. */
  | { readonly kind: "value"; readonly query: string; readonly min: number | null; readonly max: number | null; readonly failures: number };

/** When exposure may not be raised. */
export interface Freeze {
  readonly name: string;
  readonly stages: readonly string[];
  /** IANA name, such as Europe/Berlin. */
  readonly timeZone: string;
  /** From one moment of the week to another, each as `fri 16:00`. */
  readonly weekly: { readonly from: string; readonly to: string } | null;
  /** Whole days, first and last included, as YYYY-MM-DD. */
  readonly dates: readonly { readonly from: string; readonly to: string }[];
  /** The public holidays of a country, and of a region in it. */
  readonly holidays: { readonly country: string; readonly region: string | null } | null;
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
  readonly freezes: readonly Freeze[];
  readonly services: Readonly<Record<string, Service>>;
  readonly flags: Readonly<Record<string, FlagDefinition>>;
}

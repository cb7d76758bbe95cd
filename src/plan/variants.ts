import type { Bucket } from "../model/bucket.ts";
import type { Delivery } from "../model/catalog.ts";
import type { Exposure } from "../model/exposure.ts";
import { flagSlug } from "../model/flag-name.ts";
import { shortHash } from "./canonical.ts";
import type { Cohort, Variant, VariantRole } from "./rollout-plan.ts";

/** Longest name of a variant: with a service's name of 30 it still fits a DNS label of 63. */
const MAX_NAME = 31;

/** The name of the variant with these flags on, which must be sorted: their slugs, cut with a hash where too long. */
export function variantName(flags: readonly string[]): string {
  if (flags.length === 0) return "base";
  const name = flags.map(flagSlug).join("--");
  if (name.length <= MAX_NAME) return name;
  return `${name.slice(0, MAX_NAME - 9).replace(/-+$/, "")}-${shortHash(name)}`;
}

/** What a variant's responses say of it: the same wherever it is worked out, and no flag's name. */
export function variantMark(service: string, variant: string): string {
  return shortHash(`${service}/${variant}`);
}

interface Composition {
  readonly variants: readonly Variant[];
  readonly cohorts: readonly Cohort[];
  readonly testers: string | null;
}

/** What the variants of one service follow from. */
export interface ServiceFlags {
  readonly service: string;
  readonly delivery: Delivery;
  /** The service's flags, sorted. */
  readonly flags: readonly string[];
  /** Exposures of those that anyone sees. */
  readonly exposures: ReadonlyMap<string, Exposure>;
  /** What may go off at once: for each exposed flag that is not settled, on whatever service, itself and those that require it; those that touch none of its flags may be left out. */
  readonly withdrawals: readonly ReadonlySet<string>[];
}

/**
 * Nests the flags of one service by exposure: a bucket has on every flag whose exposure reaches its
 * upper end. With k different partial exposures that makes k + 1 live variants. Beside each live one
 * run those without one of its flags, until that flag is settled: whichever flag is lowered, rolled
 * back or killed, whoever loses it is taken over by a variant that is there already.
 */
export function composeVariants({ service, delivery, flags, exposures, withdrawals }: ServiceFlags, buckets: readonly Bucket[]): Composition {
  const variants = new Map<string, Variant>();
  const add = (on: readonly string[], role: VariantRole): string => {
    const name = variantName(on);
    if (!variants.has(name)) variants.set(name, { name, flags: on, role, mark: variantMark(service, name) });
    return name;
  };
  const active = flags.filter((flag) => exposures.has(flag));
  const cohorts = composeCohorts(active, exposures, buckets, (on) => add(on, "live"));
  const live = [...variants.values()];
  const seen = active.filter((flag) => exposures.get(flag)?.testers === true || exposures.get(flag)?.exposure === 100);
  const someTesters = active.some((flag) => exposures.get(flag)?.testers === true);
  const testers = someTesters ? add(seen, "testers") : null;
  if (delivery === "env") {
    for (const variant of live) {
      for (const gone of withdrawals) {
        const rest = variant.flags.filter((flag) => !gone.has(flag));
        if (rest.length < variant.flags.length) add(rest, "warm");
      }
    }
  }
  return { variants: [...variants.values()], cohorts, testers };
}

/** Walks the buckets once, from the first that sees a flag to the last, and joins neighbours that see the same. */
function composeCohorts(
  active: readonly string[],
  exposures: ReadonlyMap<string, Exposure>,
  buckets: readonly Bucket[],
  addLive: (flags: readonly string[]) => string,
): Cohort[] {
  const cohorts: Cohort[] = [];
  const cuts = new Set(active.map((flag) => exposures.get(flag)?.exposure));
  let open: { variant: string; buckets: number[]; weight: number } | null = null;
  for (const bucket of buckets) {
    if (open === null || cuts.has(bucket.from)) {
      const on = active.filter((flag) => (exposures.get(flag)?.exposure ?? 0) >= bucket.to);
      open = { variant: addLive(on), buckets: [], weight: 0 };
      cohorts.push(open);
    }
    open.buckets.push(bucket.id);
    open.weight += bucket.weight;
  }
  return cohorts;
}

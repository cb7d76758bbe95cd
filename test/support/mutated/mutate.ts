import fc from "fast-check";
import type { RawConfig } from "../../../src/config/parse.ts";
import { ANYWHERE, type Change, type Drawn, MEANT } from "./changes.ts";
import { oddName, oddNumber, oddRule, oddText, oddValue } from "./odd-values.ts";
import { memberOf, type Part, partsOf } from "./parts.ts";

/** A change, and what is drawn for it. */
export interface Mutation extends Drawn {
  readonly change: Change;
  /** Which of the parts in question, counted round. */
  readonly at: number;
}

export function arbitraryMutation(): fc.Arbitrary<Mutation> {
  const oneOf = (changes: Readonly<Record<string, Change>>): fc.Arbitrary<Change> => fc.constantFrom(...Object.values(changes));
  return fc.record({
    change: fc.oneof({ weight: 2, arbitrary: oneOf(ANYWHERE) }, { weight: 5, arbitrary: oneOf(MEANT) }),
    at: fc.nat(),
    other: fc.nat(),
    text: oddText(),
    number: oddNumber(),
    numbers: fc.array(fc.integer({ min: 1, max: 100 }), { minLength: 1, maxLength: 100 }),
    name: oddName(),
    rule: oddRule(),
    odd: oddValue(),
  });
}

/** The config with one thing done to its catalogue or its settings; as it was where it has no such part. */
export function mutate(raw: RawConfig, mutation: Mutation): RawConfig {
  const both = { catalog: raw.catalog, settings: raw.settings };
  const parts = partsOf(both, []).filter(({ path }) => path.length > 1);
  const part = pick(parts.filter(mutation.change.fits), mutation);
  if (part === undefined) return raw;
  const changed = mutation.change.apply(both, part, mutation, parts);
  return { ...raw, catalog: memberOf(changed, "catalog"), settings: memberOf(changed, "settings") };
}

/** By its key first, so that what is there once is met as often as what is there many times. */
function pick(candidates: readonly Part[], { at, other }: Mutation): Part | undefined {
  const byKey = Object.values(Object.groupBy(candidates, ({ path }) => String(path.findLast((key) => typeof key === "string"))));
  const alike = byKey[at % byKey.length] ?? [];
  return alike[other % alike.length];
}

import { addTo } from "./add-to.ts";
import type { Catalog, FlagDefinition } from "./catalog.ts";
import { type StageSettings, settingOf } from "./settings.ts";

/** Who really has a flag, after kills and prerequisites. */
export interface Exposure {
  /** Per cent of visitors, 0 to 100. */
  readonly exposure: number;
  readonly testers: boolean;
  readonly settled: boolean;
  readonly killed: boolean;
}

/**
 * The exposure of every flag of the catalogue in one stage. A kill beats the setting, and takes the
 * flags that require the killed one with it: no flag is on where its prerequisite is off.
 * `requires` must be free of cycles.
 */
export function effectiveExposures(catalog: Pick<Catalog, "flags">, settings: Pick<StageSettings, "flags" | "kill">): Map<string, Exposure> {
  const known = new Map<string, Exposure>();
  const resolve = (flag: string): Exposure => {
    const done = known.get(flag);
    if (done !== undefined) return done;
    const own = settingOf(settings, flag);
    const required = (catalog.flags[flag]?.requires ?? []).map(resolve);
    const exposed = own.exposure > 0 || own.testers;
    const killed = settings.kill[flag] === true || (exposed && required.some((other) => other.killed));
    const exposure = killed ? 0 : Math.min(own.exposure, ...required.map((other) => other.exposure));
    const result: Exposure = {
      exposure,
      testers: own.testers && !killed && required.every((other) => other.testers || other.exposure === 100),
      settled: own.settled && exposure === 100,
      killed,
    };
    known.set(flag, result);
    return result;
  };
  for (const flag of Object.keys(catalog.flags).sort()) resolve(flag);
  return known;
}

type Requirements = { readonly flags: Readonly<Record<string, Pick<FlagDefinition, "requires">>> };

/** By flag, those that require it directly, in the catalogue's order; none where no flag does. */
export function requirersOf(catalog: Requirements): ReadonlyMap<string, readonly string[]> {
  const requirers = new Map<string, string[]>();
  for (const [flag, { requires }] of Object.entries(catalog.flags)) {
    for (const required of new Set(requires)) addTo(requirers, required, flag);
  }
  return requirers;
}

/**
 * The flags that go off when a flag does: itself, and all that require it, directly or not.
 * @param requirers of the same catalogue; worked out once by who asks for many flags
 */
export function dependents(catalog: Requirements, flag: string, requirers = requirersOf(catalog)): ReadonlySet<string> {
  const gone = new Set([flag]);
  for (const one of gone) for (const other of requirers.get(one) ?? []) gone.add(other);
  return gone;
}

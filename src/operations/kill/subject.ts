import { dependents } from "../../model/exposure.ts";
import { nearest } from "../../model/fault.ts";
import { routeSubject } from "../../model/kills.ts";
import { OperationError } from "../errors.ts";

/** What is killed: a whole flag, or one of its gated routes. */
export interface Subject {
  readonly flag: string;
  /** Null for the whole flag. */
  readonly route: string | null;
  /** The flag, or `FLAG/route`. */
  readonly name: string;
  /** The flags that go off: with a flag those that require it, with a route none. */
  readonly flags: readonly string[];
}

/** What a kill has to know of a catalogue. */
export interface KnownFlags {
  readonly flags: Readonly<Record<string, { readonly requires: readonly string[]; readonly routes: Readonly<Record<string, unknown>> }>>;
}

/**
 * Finds what a person means by the name of a flag, of a route, or by `FLAG/route`.
 * @throws OperationError (`config`) when nothing has that name, or several routes have
 */
export function findSubject(catalog: KnownFlags, name: string): Subject {
  if (Object.hasOwn(catalog.flags, name)) return { flag: name, route: null, name, flags: [...dependents(catalog, name)].sort() };
  const routes = Object.entries(catalog.flags).flatMap(([flag, { routes: own }]) => Object.keys(own).map((route) => ({ flag, route })));
  const meant = routes.filter(({ flag, route }) => name === route || name === routeSubject(flag, route));
  const [found, other] = meant;
  if (found === undefined) {
    const known = [...Object.keys(catalog.flags), ...routes.map(({ flag, route }) => routeSubject(flag, route))];
    const near = nearest(name, known);
    throw new OperationError("config", `There is no flag or route ${name}; there is ${known.join(", ")}.${near === null ? "" : ` Did you mean ${near}?`}`);
  }
  if (other !== undefined)
    throw new OperationError(
      "config",
      `Several flags have a route ${name}; say which: ${meant.map(({ flag, route }) => routeSubject(flag, route)).join(" or ")}.`,
    );
  return { ...found, name: routeSubject(found.flag, found.route), flags: [] };
}

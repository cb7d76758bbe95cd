import type { FactSample } from "../../src/monitoring/exposition.ts";
import { FACTS, type FactName } from "../../src/monitoring/facts.ts";

/** One sample of every fact, each label as it is given. */
export function everyFact(label: string): FactSample[] {
  return names().map((fact, index) => ({ fact, labels: Object.fromEntries(FACTS[fact].labels.map((name) => [name, label])), value: index / 2 }));
}

function names(): FactName[] {
  return Object.keys(FACTS).filter((name): name is FactName => Object.hasOwn(FACTS, name));
}

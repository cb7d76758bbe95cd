import { isMonitoringResource } from "../../monitoring/resource-name.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { type Checkpoint, type ResourceState, resourceName } from "../state-files.ts";

/** A resource that is not as it was: `found` and `expected` are its inputs, null where it is absent. */
export interface Mismatch {
  readonly urn: string;
  /** Names of the inputs that differ; empty where the whole resource is missing or too much. */
  readonly inputs: readonly string[];
  readonly state: "differs" | "missing" | "unexpected";
}

/** By type, the input that an API server counts. */
const COUNTED: Readonly<Record<string, string>> = { "sluice-local:index:RoutingTaken": "versions" };

/**
 * Compares the inputs of every resource of two states. Secrets count as equal here: their ciphertext is
 * new with every encryption; that they are the same follows from the config, which is restored as it
 * was stored. Left out are the default providers, which hold versions only, the monitoring, which also
 * follows from what is no part of the state, and what an API server counts, which goes on with each change.
 */
export function compareStates(expected: Checkpoint, found: Checkpoint): Mismatch[] {
  const wanted = byUrn(expected);
  const present = byUrn(found);
  const mismatches: Mismatch[] = [];
  for (const [urn, resource] of wanted) {
    const other = present.get(urn);
    if (other === undefined) mismatches.push({ urn, inputs: [], state: "missing" });
    else {
      const inputs = differingInputs(resource.inputs, other.inputs).filter((name) => COUNTED[resource.type] !== name);
      if (inputs.length > 0) mismatches.push({ urn, inputs, state: "differs" });
    }
  }
  for (const urn of present.keys()) {
    if (!wanted.has(urn)) mismatches.push({ urn, inputs: [], state: "unexpected" });
  }
  return mismatches;
}

/** How many resources a comparison looks at. */
export function comparedResources(checkpoint: Checkpoint): number {
  return byUrn(checkpoint).size;
}

function byUrn(checkpoint: Checkpoint): Map<string, ResourceState> {
  const compared = checkpoint.resources.filter(
    ({ type, urn }) => !type.startsWith("pulumi:providers:") && type !== "pulumi:pulumi:Stack" && !isMonitoringResource(resourceName(urn)),
  );
  return new Map(compared.map((resource) => [resource.urn, resource]));
}

function differingInputs(expected: unknown, found: unknown): string[] {
  const left = entriesOf(expected);
  const right = entriesOf(found);
  const names = [...new Set([...left.keys(), ...right.keys()])].sort();
  return names.filter((name) => canonicalJson(withoutCiphertext(left.get(name))) !== canonicalJson(withoutCiphertext(right.get(name))));
}

function entriesOf(value: unknown): Map<string, unknown> {
  return new Map(typeof value === "object" && value !== null ? Object.entries(value) : []);
}

function withoutCiphertext(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(withoutCiphertext);
  if (typeof value !== "object" || value === null) return value ?? null;
  if ("ciphertext" in value) return { secret: true };
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, withoutCiphertext(inner)]));
}

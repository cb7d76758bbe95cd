/** A catalogue as YAML would say it. */
export interface CatalogInput {
  readonly stages: readonly string[];
  readonly steps: readonly number[];
  readonly services: Readonly<Record<string, unknown>>;
  readonly flags: Readonly<Record<string, unknown>>;
}

/** `service-0`, `service-1` and so on. */
export function serviceNames(count: number): string[] {
  return Array.from({ length: count }, (_, index) => `service-${index}`);
}

/**
 * A catalogue with one stage `dev` and flags `FLAG_0`, `FLAG_1` and so on, each on its share of the services.
 * @param flags how many; at least one
 * @param serviceOf what it says of each service
 */
export function catalogOf(names: readonly string[], flags: number, serviceOf: (name: string) => object): CatalogInput {
  const shares = Array.from({ length: flags }, (_, flag) => names.filter((_name, index) => index % flags === flag));
  return {
    stages: ["dev"],
    steps: [1, 5, 25, 50, 100],
    services: Object.fromEntries(names.map((name) => [name, serviceOf(name)])),
    flags: Object.fromEntries(shares.map((services, flag) => [`FLAG_${flag}`, { description: "x", owner: "x", expires: "9999-12-31", services }])),
  };
}

/** The least that a stage says of services in a cluster. */
export function clusterSettings(names: readonly string[]): object {
  return {
    namespace: "bench",
    clusters: { main: { context: "main" } },
    services: Object.fromEntries(names.map((name) => [name, { image: `registry.example/${name}:1` }])),
  };
}

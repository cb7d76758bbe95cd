import { type CatalogInput, clusterSettings, serviceNames } from "./many-services.ts";

/** How much a catalogue has. */
export interface CatalogSize {
  readonly services: number;
  readonly flags: number;
}

/** A stage on Kubernetes as `Pulumi.yaml` and `Pulumi.dev.yaml` say it, once YAML is read. */
export interface LargeConfig {
  readonly catalog: CatalogInput;
  readonly settings: Readonly<Record<string, unknown>>;
}

const IN_PART = [1, 5, 25, 50] as const;

/**
 * What a large organisation's stage looks like at some moment: every second service is told of its flags by its
 * environment, the others by headers; each flag touches two services. Of ten flags five are off, three have long been
 * settled, one has just come to everyone, and one is on its way there, has a route of its own, and requires a settled one.
 */
export function largeConfig({ services, flags }: CatalogSize): LargeConfig {
  const names = serviceNames(services);
  const touched = (index: number): string[] => [...new Set([names[index % services] ?? "", names[(index * 7 + 1) % services] ?? ""])];
  const indices = Array.from({ length: flags }, (_, index) => index);
  return {
    catalog: {
      stages: ["dev", "staging", "production"],
      steps: [...IN_PART, 100],
      services: Object.fromEntries(names.map((name, index) => [name, { rule: `Host(\`${name}.example.org\`)`, delivery: index % 2 === 0 ? "env" : "header" }])),
      flags: Object.fromEntries(
        indices.map((index) => [
          `FLAG_${index}`,
          {
            description: `What flag ${index} does`,
            owner: `team-${index % 20}`,
            expires: "9999-12-31",
            services: touched(index),
            soak: "1d",
            ...(index % 10 === 9
              ? { requires: [`FLAG_${index - 1}`], routes: { own: { rule: `PathPrefix(\`/flag-${index}\`)`, service: touched(index)[0] } } }
              : {}),
          },
        ]),
      ),
    },
    settings: {
      target: "kubernetes",
      kubernetes: clusterSettings(names),
      flags: Object.fromEntries(indices.flatMap((index) => settingOf(index).map((setting) => [`FLAG_${index}`, setting]))),
    },
  };
}

/** What the stage says of a flag; nothing where it is off. */
function settingOf(index: number): unknown[] {
  switch (index % 10) {
    case 5:
      return [true];
    case 6:
    case 7:
    case 8:
      return [{ exposure: 100, settled: true }];
    case 9:
      return [IN_PART[Math.floor(index / 10) % IN_PART.length]];
    default:
      return [];
  }
}

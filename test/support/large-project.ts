import { catalogInput } from "./model.ts";
import { writeCheckpoints, writeHistory, writeProject, writeRecord, writeStackFile } from "./written-state.ts";

/** How much a large project has. */
export interface Size {
  readonly flags: number;
  readonly services: number;
  /** Of each stage. */
  readonly updates: number;
}

const HOUR = 3_600_000;
/** So many services start a process for each variant, which takes a thousand ports each. */
const WITH_ENV = 8;

/** Writes a project of many flags, each on two services, raised one after the other in every stage; its Traefiks have metrics at an address. */
export async function writeLargeProject(root: string, { flags, services, updates }: Size, now: Date, adminPort: number): Promise<void> {
  const serviceNames = Array.from({ length: services }, (_, index) => `service-${index}`);
  const flagNames = Array.from({ length: flags }, (_, index) => `FLAG_${index}`);
  const { stages, steps } = catalogInput();
  const catalog = {
    stages,
    steps,
    services: Object.fromEntries(
      serviceNames.map((name, index) => [name, { rule: `PathPrefix(\`/${name}\`)`, delivery: index < WITH_ENV ? "env" : "header" }]),
    ),
    flags: Object.fromEntries(
      flagNames.map((name, index) => [
        name,
        {
          description: `What ${name} does`,
          owner: "voice",
          expires: "2028-06-30",
          services: [serviceNames[index % services], serviceNames[(index * 7 + 1) % services]],
          soak: "1d",
          watch: {
            duration: { dev: "30s" },
            metrics: { errors: { kind: "error-ratio", limit: 0.05 }, latency: { kind: "latency", quantile: 0.99, limit: "1s" } },
          },
        },
      ]),
    ),
  };
  await writeProject(root, catalog);
  for (const [index, stage] of ["dev", "staging", "production"].entries()) {
    const port = 10_000 + index * 100;
    const local = {
      port,
      adminPort,
      workloadPorts: Object.fromEntries(serviceNames.map((name, number) => [name, number < WITH_ENV ? port + 1_000 * (number + 1) : port + 20 * number])),
    };
    const setting = (raised: number): Record<string, unknown> => ({
      local,
      flags: Object.fromEntries(flagNames.slice(0, raised).map((name, number) => [name, number % 2 === 0 ? 25 : 100])),
    });
    const raisedBy = (update: number): number => Math.ceil((flags * (update + 1)) / updates);
    await writeStackFile(root, stage, setting(flags));
    await writeHistory(
      root,
      stage,
      Array.from({ length: updates }, (_, update) => ({ settings: setting(raisedBy(update)), at: new Date(now.getTime() - (updates - update) * HOUR) })),
      catalog,
    );
    await writeCheckpoints(root, stage, updates);
    await writeRecord(root, stage, Object.fromEntries(flagNames.map((name, number) => [name, number % 2 === 0 ? 25 : 100])), {});
  }
}

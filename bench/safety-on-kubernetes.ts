import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import { type Cluster, startCluster } from "../test/support/cluster/cluster.ts";
import { whyNoCluster } from "../test/support/cluster/missing-programs.ts";
import { namespace } from "../test/support/cluster/objects.ts";
import { moveToCluster } from "../test/support/cluster/stage.ts";
import { makeProject, type TestProject } from "../test/support/project.ts";
import { escapeBy, untilOn } from "./escape.ts";
import { driftOf, kill, raiseTo, revive, succeed } from "./flag-commands.ts";
import { leftOut, type Row } from "./rows.ts";
import { type Escape, escapeRows } from "./way-to-safety.ts";

const NAMESPACE = "bench-safety";
/** The first bucket alone, so that one object of each service takes the flag off. */
const EXPOSURE = 1;

/** A kill in a cluster beside `kubectl apply` of the slots that a person would have to find and change. */
export async function benchSafetyOnKubernetes(rounds: number): Promise<Row[]> {
  const reason = await whyNoCluster();
  if (reason !== null) return [leftOut("time to safety on Kubernetes", reason)];
  const cluster = await startCluster();
  const test = await makeProject();
  try {
    await cluster.apply(namespace(NAMESPACE));
    await succeed(test.pulumi(["stack", "init", "dev"]));
    await moveToCluster(test.root, "dev", cluster, NAMESPACE);
    return await compare(cluster, test, rounds);
  } finally {
    await test.remove();
    await cluster.close();
  }
}

async function compare(cluster: Cluster, test: TestProject, rounds: number): Promise<Row[]> {
  const url = cluster.traefik?.url ?? "";
  const [applied, killed]: [Escape[], Escape[]] = [[], []];
  for (let round = 0; round < rounds; round += 1) {
    process.stderr.write(`time to safety on Kubernetes, round ${round + 1} of ${rounds} …\n`);
    await raiseTo(test, EXPOSURE);
    await untilOn(url);
    const file = join(test.root, "slots.json");
    await writeFile(file, JSON.stringify({ apiVersion: "v1", kind: "List", items: await slotsWithoutFlag(cluster) }));
    const apply = async (): Promise<void> => {
      await kubectl(cluster, ["apply", "-f", file]);
    };
    applied.push(await escapeBy(url, apply, () => driftOf(test)));
    await raiseTo(test, EXPOSURE, "--refresh");
    await untilOn(url);
    killed.push(
      await escapeBy(
        url,
        () => kill(test),
        () => driftOf(test),
      ),
    );
    await revive(test);
  }
  return escapeRows([
    { what: "kubectl apply of the changed TraefikServices, by a script that has them ready (the floor on Kubernetes)", escapes: applied, goal: null },
    { what: "sluice kill on Kubernetes", escapes: killed, goal: { within: null } },
  ]);
}

const slots = z.object({
  items: z.array(
    z.object({
      apiVersion: z.string(),
      kind: z.string(),
      metadata: z.object({ name: z.string(), namespace: z.string() }),
      spec: z.object({ weighted: z.object({ services: z.tuple([z.looseObject({ name: z.string() })]) }).loose() }),
    }),
  ),
});

/** The slots of the first bucket, led to where those of the last lead. */
async function slotsWithoutFlag(cluster: Cluster): Promise<object[]> {
  const names = ["voice-api", "billing-api"].flatMap((service) => [`${service}.bucket-1`, `${service}.bucket-5`]);
  const { items } = slots.parse(JSON.parse(await kubectl(cluster, ["get", "traefikservices.traefik.io", ...names, "-o", "json"])));
  return items.flatMap((slot, index) => {
    const last = items[index + 1];
    if (last === undefined || !slot.metadata.name.endsWith("bucket-1")) return [];
    const [on, off] = [slot, last].map(({ spec }) => spec.weighted.services[0].name);
    const spec: unknown = JSON.parse(JSON.stringify(slot.spec).replaceAll(JSON.stringify(on), JSON.stringify(off)));
    return [{ ...slot, spec }];
  });
}

async function kubectl(cluster: Cluster, args: readonly string[]): Promise<string> {
  const { code, stdout, stderr } = await cluster.kubectl(["-n", NAMESPACE, ...args]);
  if (code !== 0) throw new Error(stderr);
  return stdout;
}

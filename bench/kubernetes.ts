import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Cluster, startCluster } from "../test/support/cluster/cluster.ts";
import { installTraefikDefinitions } from "../test/support/cluster/definitions.ts";
import { whyNoCluster } from "../test/support/cluster/missing-programs.ts";
import { namespace } from "../test/support/cluster/objects.ts";
import { EXPOSURES } from "./bench-project.ts";
import { makeEmptyProgram } from "./empty-program.ts";
import { roundsOf, serviceCounts } from "./extent.ts";
import { beside, type Condition } from "./floors.ts";
import { type BenchStage, CHANGED_SLOT, makeBenchStage, renderedFile } from "./kubernetes-stage.ts";
import { type MeasuredRun, measurePulumi } from "./measured-run.ts";
import { bare, leftOut, median, type Row } from "./rows.ts";
import { timeOf, UP } from "./run-pulumi.ts";
import { makeWrittenByHand } from "./written-by-hand.ts";

/** Services of the stages that are measured, the last only with `SLUICE_BENCH_SERVICES=10,100,1000`: it takes a quarter of an hour. */
const SIZES = serviceCounts([10, 100]);
const ROUNDS = roundsOf(5);
/** How many times what kubectl and an empty program take together a changed flag may take. */
const KUBECTL_LIMIT = 3;
/** How many times what the same objects take that are written by hand. */
const BY_HAND_LIMIT = 2;
const BY_HAND = "the same objects written by hand";
/** Every kind that a stage makes and that nothing else writes. */
const KINDS = "configmaps,services,middlewares,traefikservices,ingressroutes,networkpolicies,serviceaccounts,deployments";

/** `pulumi up` of stages of growing size beside `kubectl apply` of the same objects on the same API server, in turn. */
export async function benchKubernetes(): Promise<Row[]> {
  const reason = await whyNoCluster();
  if (reason !== null) return [leftOut("a stage on Kubernetes", reason)];
  const cluster = await startCluster({ traefik: null });
  const empty = await makeEmptyProgram();
  const rows: Row[] = [];
  try {
    await installTraefikDefinitions(cluster.api);
    for (const size of SIZES) {
      process.stderr.write(`a stage of ${size} services on Kubernetes …\n`);
      rows.push(...(await benchSize(cluster, empty, size)));
    }
    return rows;
  } finally {
    await rm(empty, { recursive: true, force: true });
    await cluster.close();
  }
}

async function benchSize(cluster: Cluster, empty: string, size: number): Promise<Row[]> {
  const namespaces = { applied: `bench-${size}`, rendered: `bench-${size}-files` };
  const byHandNamespace = `hand-${size}`;
  const byHand = await makeWrittenByHand();
  const stage = await makeBenchStage(cluster, size, namespaces);
  try {
    await cluster.apply(namespace(namespaces.applied), namespace(namespaces.rendered), namespace(byHandNamespace));
    const files = await render(stage);
    const applied = await timeKubectl(cluster, ["-R", "-f", files(EXPOSURES[0])]);
    await stage.configure(EXPOSURES[0]);
    await measurePulumi(stage.root, ["stack", "init"]);
    const first = await measurePulumi(stage.root, UP);
    const places = { [namespaces.applied]: byHandNamespace };
    const env = { KUBECONFIG: cluster.kubeconfig };
    await byHand.take(stage.root, places);
    const firstByHand = await measurePulumi(byHand.root, UP, env);
    const objects = (await versionsOf(cluster, namespaces.applied)).size;

    const changes: Sample[] = [];
    const idles: Sample[] = [];
    const touched = new Set<string>();
    for (let round = 0; round < ROUNDS; round += 1) {
      const emptyTime = (await measurePulumi(empty, UP)).time;
      idles.push({
        run: await measurePulumi(stage.root, UP),
        empty: emptyTime,
        byHand: (await measurePulumi(byHand.root, UP, env)).time,
        kubectl: await timeKubectl(cluster, ["-R", "-f", files(EXPOSURES[round % 2 === 0 ? 0 : 1])]),
      });
      const exposure = EXPOSURES[round % 2 === 0 ? 1 : 0];
      const kubectl = await timeKubectl(cluster, ["-f", await renderedFile(files(exposure), "TraefikService", CHANGED_SLOT)]);
      await stage.configure(exposure);
      const before = await versionsOf(cluster, namespaces.applied);
      const run = await measurePulumi(stage.root, UP);
      await byHand.take(stage.root, places);
      changes.push({ run, empty: emptyTime, kubectl, byHand: (await measurePulumi(byHand.root, UP, env)).time });
      for (const [name, version] of await versionsOf(cluster, namespaces.applied)) if (before.get(name) !== version) touched.add(name);
    }
    const [others, own] = [[...touched].filter((name) => !EXPECTED.includes(name)), touched.size];
    return [
      beside(`first up of ${size} services (${objects} objects)`, first.time, [
        { name: "kubectl apply of their files", times: [applied], limit: null },
        { name: BY_HAND, times: [firstByHand.time], limit: null },
      ]),
      row(
        `up that changes one flag of ${size} services (${own} of ${objects} objects touched)`,
        changes,
        { name: "kubectl apply of the one slot and an empty program", limit: KUBECTL_LIMIT, byHandLimit: BY_HAND_LIMIT },
        [{ what: `no other touched${others.length === 0 ? "" : ` (${others.slice(0, 3).join(", ")})`}`, held: others.length === 0 }],
      ),
      row(`up of ${size} services with nothing to do`, idles, { name: "kubectl apply of all files and an empty program", limit: null, byHandLimit: null }),
      memoryRow(`most memory of program, provider, engine: first up of ${size} services`, first),
      memoryRow(`the same of a changed flag of ${size} services`, changes[0]?.run ?? first),
    ];
  } finally {
    await stage.remove();
    await byHand.remove();
  }
}

/** A run beside its floors, in milliseconds. */
interface Sample {
  readonly run: MeasuredRun;
  /** Of an empty program. */
  readonly empty: number;
  /** Of kubectl with the same objects. */
  readonly kubectl: number;
  /** Of a program with the same objects, written by hand. */
  readonly byHand: number;
}

/** Renders a stage with each exposure. @returns the folder of each */
async function render(stage: BenchStage): Promise<(exposure: number) => string> {
  for (const exposure of EXPOSURES) {
    await stage.configure(exposure, `files-${exposure}`);
    await measurePulumi(stage.root, ["stack", "init"]);
    await measurePulumi(stage.root, UP);
    await measurePulumi(stage.root, ["stack", "rm", "--force", "--yes"]);
  }
  return (exposure) => join(stage.root, `files-${exposure}`, "main");
}

function timeKubectl(cluster: Cluster, args: readonly string[]): Promise<number> {
  return timeOf(async () => {
    const { code, stderr } = await cluster.kubectl(["apply", ...args]);
    if (code !== 0) throw new Error(stderr);
  });
}

/** The version of every object of a namespace, by kind and name. */
async function versionsOf(cluster: Cluster, home: string): Promise<ReadonlyMap<string, string>> {
  const columns = "custom-columns=KIND:.kind,NAME:.metadata.name,VERSION:.metadata.resourceVersion";
  const { code, stdout, stderr } = await cluster.kubectl(["-n", home, "get", KINDS, "--no-headers", "-o", columns]);
  if (code !== 0) throw new Error(stderr);
  return new Map(
    stdout.split("\n").map((line) => {
      const [kind = "", name = "", version = ""] = line.split(/\s+/);
      return [`${kind} ${name}`, version];
    }),
  );
}

/** What a changed exposure writes: the slot of the bucket that moves, and the flagd document. */
const EXPECTED: readonly string[] = [`TraefikService ${CHANGED_SLOT}`, "ConfigMap sluice-flagd"];

/** @param kubectl what kubectl does meanwhile, and how many times the floor a run may take */
function row(
  what: string,
  samples: readonly Sample[],
  kubectl: { readonly name: string; readonly limit: number | null; readonly byHandLimit: number | null },
  conditions: readonly Condition[] = [],
): Row {
  const of = (part: "empty" | "kubectl" | "byHand"): number => median(samples.map((sample) => sample[part]));
  const floors = [
    { name: kubectl.name, times: [of("kubectl"), of("empty")], limit: kubectl.limit },
    { name: BY_HAND, times: [of("byHand")], limit: kubectl.byHandLimit },
  ];
  return beside(what, median(samples.map(({ run }) => run.time)), floors, conditions);
}

function memoryRow(what: string, { peak: { program, provider, engine } }: MeasuredRun): Row {
  return bare(what, [program, provider, engine].map((size) => `${size.toFixed(0)} MiB`).join(", "));
}

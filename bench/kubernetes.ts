import { rm } from "node:fs/promises";
import { join } from "node:path";
import { type Cluster, startCluster } from "../test/support/cluster/cluster.ts";
import { installTraefikDefinitions } from "../test/support/cluster/definitions.ts";
import { whyNoCluster } from "../test/support/cluster/missing-programs.ts";
import { namespace } from "../test/support/cluster/objects.ts";
import { makeEmptyProgram } from "./empty-program.ts";
import { type BenchStage, CHANGED_SLOT, EXPOSURES, makeBenchStage, renderedFile } from "./kubernetes-stage.ts";
import { type MeasuredRun, measurePulumi } from "./measured-run.ts";
import { median, type Row } from "./rows.ts";
import { makeWrittenByHand } from "./written-by-hand.ts";

/** Services of the stages that are measured, the last only with `SLUICE_BENCH_SERVICES=10,100,1000`: it takes a quarter of an hour. */
const SIZES = (process.env["SLUICE_BENCH_SERVICES"] ?? "10,100").split(",").map(Number);
const ROUNDS = 5;
/** How many times what kubectl and an empty program take together a changed flag may take. */
const LIMIT = 3;
/** How many times what the same objects take that are written by hand. */
const BY_HAND_LIMIT = 2;
const UP = ["up", "--yes", "--skip-preview"];
/** Every kind that a stage makes and that nothing else writes. */
const KINDS = "configmaps,services,middlewares,traefikservices,ingressroutes,networkpolicies,serviceaccounts,deployments";

/** `pulumi up` of stages of growing size beside `kubectl apply` of the same objects on the same API server, in turn. */
export async function benchKubernetes(): Promise<Row[]> {
  const reason = await whyNoCluster();
  if (reason !== null) return [{ what: "a stage on Kubernetes", measured: `left out: ${reason}`, floor: "", ratio: "", limit: "" }];
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
      const floor = (await measurePulumi(empty, UP)).time;
      idles.push({
        run: await measurePulumi(stage.root, UP),
        floor,
        byHand: (await measurePulumi(byHand.root, UP, env)).time,
        kubectl: await timeKubectl(cluster, ["-R", "-f", files(EXPOSURES[round % 2 === 0 ? 0 : 1])]),
      });
      const exposure = EXPOSURES[round % 2 === 0 ? 1 : 0];
      const kubectl = await timeKubectl(cluster, ["-f", await renderedFile(files(exposure), "TraefikService", CHANGED_SLOT)]);
      await stage.configure(exposure);
      const before = await versionsOf(cluster, namespaces.applied);
      const run = await measurePulumi(stage.root, UP);
      await byHand.take(stage.root, places);
      changes.push({ run, floor, kubectl, byHand: (await measurePulumi(byHand.root, UP, env)).time });
      for (const [name, version] of await versionsOf(cluster, namespaces.applied)) if (before.get(name) !== version) touched.add(name);
    }
    return [
      {
        what: `first up of ${size} services (${objects} objects), floors: kubectl apply of their files; the same objects written by hand`,
        measured: seconds(first.time),
        floor: `${seconds(applied)}; ${seconds(firstByHand.time)}`,
        ratio: `${(first.time / applied).toFixed(2)}; ${(first.time / firstByHand.time).toFixed(2)}`,
        limit: "",
      },
      changeRow(size, objects, changes, touched),
      row(`up of ${size} services with nothing to do, floors: kubectl apply of all files and an empty program; the same objects written by hand`, idles, ""),
      memoryRow(`most memory of program, provider, engine: first up of ${size} services`, first),
      memoryRow(`the same of a changed flag of ${size} services`, changes[0]?.run ?? first),
    ];
  } finally {
    await stage.remove();
    await byHand.remove();
  }
}

/** A run beside its floor, in milliseconds. */
interface Sample {
  readonly run: MeasuredRun;
  /** Of an empty program. */
  readonly floor: number;
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

async function timeKubectl(cluster: Cluster, args: readonly string[]): Promise<number> {
  const started = performance.now();
  const { code, stderr } = await cluster.kubectl(["apply", ...args]);
  if (code !== 0) throw new Error(stderr);
  return performance.now() - started;
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

function changeRow(size: number, objects: number, changes: readonly Sample[], touched: ReadonlySet<string>): Row {
  const [others, own] = [[...touched].filter((name) => !EXPECTED.includes(name)), touched.size];
  const { ratio, ...rest } = row(
    `up that changes one flag of ${size} services (${own} of ${objects} objects touched), floors: kubectl apply of the one slot and an empty program; the same objects written by hand`,
    changes,
    "",
  );
  const [againstKubectl, againstByHand] = ratio.split("; ").map(Number);
  const held = (againstKubectl ?? 0) <= LIMIT && others.length === 0;
  return {
    ...rest,
    ratio,
    limit: `${LIMIT}, no other touched: ${held ? "held" : "MISSED"}${others.length === 0 ? "" : ` (${others.slice(0, 3).join(", ")})`}; ${BY_HAND_LIMIT}: ${(againstByHand ?? 0) <= BY_HAND_LIMIT ? "held" : "MISSED"}`,
  };
}

/** What a changed exposure writes: the slot of the bucket that moves, and the flagd document. */
const EXPECTED: readonly string[] = [`TraefikService ${CHANGED_SLOT}`, "ConfigMap sluice-flagd"];

function row(what: string, samples: readonly Sample[], limit: string): Row {
  const time = median(samples.map(({ run }) => run.time));
  const floor = median(samples.map((sample) => sample.floor));
  const kubectl = median(samples.map((sample) => sample.kubectl));
  const byHand = median(samples.map((sample) => sample.byHand));
  return {
    what,
    measured: seconds(time),
    floor: `${seconds(kubectl)} + ${seconds(floor)}; ${seconds(byHand)}`,
    ratio: `${(time / (floor + kubectl)).toFixed(2)}; ${(time / byHand).toFixed(2)}`,
    limit,
  };
}

function memoryRow(what: string, { peak: { program, provider, engine } }: MeasuredRun): Row {
  return { what, measured: [program, provider, engine].map((size) => `${size.toFixed(0)} MiB`).join(", "), floor: "", ratio: "", limit: "" };
}

function seconds(time: number): string {
  return `${(time / 1_000).toFixed(2)} s`;
}

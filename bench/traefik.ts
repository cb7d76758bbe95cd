import { rename, writeFile } from "node:fs/promises";
import { dirname, join } from "node:path";
import autocannon from "autocannon";
import { ask } from "../src/net/ask.ts";
import { takesMarker } from "../src/net/running-traefik.ts";
import { startChild } from "../src/operations/serve/child.ts";
import { newRevision, REVISION_PREFIX } from "../src/traefik/names.ts";
import { HOME } from "../test/support/project.ts";
import { type ScratchTraefik, startScratchTraefik } from "../test/support/scratch-traefik.ts";
import { roundsOf, serviceCounts } from "./extent.ts";
import { pathOf, plainText, REVISION, routedText } from "./routed-services.ts";
import { median, type Row } from "./rows.ts";
import { timeOf } from "./run-pulumi.ts";

const SIZES = serviceCounts([1, 100, 1_000]);
const ROUNDS = roundsOf(3);
/** Of one load, in seconds. */
const DURATION = 1.5;
/** At once, while requests a second are counted; one at a time while latency is taken. */
const CLIENTS = 16;
/** Services of which the visitors go round. */
const VISITED = 50;
const RELOADS = 5;
/** Milliseconds that Traefik may take to read the largest document. */
const RELOAD_LIMIT = 60_000;
const VISITORS = [
  ["newcomers", {}],
  ["visitors with a bucket", { cookie: "session=3f9a1c; sluice-4=x" }],
] as const;

/** What bucket routing costs Traefik beside one plain router a service, both in turn: two Traefiks before one upstream, asked over loopback. */
export async function benchTraefik(): Promise<Row[]> {
  const upstream = await startUpstream();
  try {
    const rows: Row[] = [];
    for (const size of SIZES) {
      process.stderr.write(`Traefik with ${size} services …\n`);
      rows.push(...(await benchSize(size, upstream.url)));
    }
    return rows;
  } finally {
    await upstream.stop();
  }
}

/** A Traefik with the text of its document. */
interface Side {
  readonly traefik: ScratchTraefik;
  readonly text: string;
}

async function benchSize(size: number, upstream: string): Promise<Row[]> {
  const routed: Side = { traefik: await startScratchTraefik(), text: routedText(size, upstream) };
  const plain: Side = { traefik: await startScratchTraefik(), text: plainText(size, upstream) };
  try {
    const [reloads, plainReloads]: [number[], number[]] = [[], []];
    for (let round = 0; round < RELOADS; round += 1) {
      reloads.push(await timeReload(routed));
      plainReloads.push(await timeReload(plain));
    }
    const services = size === 1 ? "1 service" : `${size} services`;
    const rows: Row[] = [];
    for (const [visitors, headers] of VISITORS) {
      const [loads, plainLoads]: [Load[], Load[]] = [[], []];
      for (const side of [routed, plain]) await load(side, size, headers);
      for (let round = 0; round < ROUNDS; round += 1) {
        loads.push(await load(routed, size, headers));
        plainLoads.push(await load(plain, size, headers));
      }
      const loadRow = (what: string, measure: keyof Load, render: (value: number) => string): Row => {
        const [measured, floor] = [median(loads.map((one) => one[measure])), median(plainLoads.map((one) => one[measure]))];
        return row(`${what}, ${visitors}, ${services}`, measured, floor, render);
      };
      rows.push(
        loadRow("CPU time of Traefik for a request", "work", (value) => `${value.toFixed(0)} µs`),
        loadRow("requests a second", "rate", (value) => value.toFixed(0)),
        loadRow("latency", "latency", (value) => `${value.toFixed(2)} ms`),
      );
    }
    return [
      ...rows,
      row(`from rename to routing by a new document, ${services}`, median(reloads), median(plainReloads), (value) => `${value.toFixed(0)} ms`),
      row(`memory of Traefik, ${services}`, await memoryOf(routed), await memoryOf(plain), (value) => `${value.toFixed(0)} MiB`),
    ];
  } finally {
    await routed.traefik.stop();
    await plain.traefik.stop();
  }
}

function row(what: string, measured: number, floor: number, render: (value: number) => string): Row {
  return { what, measured: render(measured), floor: render(floor), ratio: (measured / floor).toFixed(2), limit: "" };
}

interface Load {
  /** Requests a second with all clients. */
  readonly rate: number;
  /** Median in milliseconds of one client alone. */
  readonly latency: number;
  /** CPU time of Traefik for each request, in microseconds. */
  readonly work: number;
}

async function load({ traefik }: Side, size: number, headers: Readonly<Record<string, string>>): Promise<Load> {
  const { url } = traefik;
  const visited = Math.min(size, VISITED);
  const requests = Array.from({ length: visited }, (_, index) => ({ path: pathOf(Math.floor((index * size) / visited)), headers }));
  const before = await metricOf(traefik, "process_cpu_seconds_total");
  const { lasted, times } = await shoot({ url, requests, connections: CLIENTS, duration: DURATION });
  const alone = await shoot({ url, requests, connections: 1, duration: DURATION });
  const worked = (await metricOf(traefik, "process_cpu_seconds_total")) - before;
  return { rate: times.length / lasted, latency: median(alone.times), work: (worked * 1e6) / (times.length + alone.times.length) };
}

/** @returns milliseconds of each answer, and the seconds that the load lasted. @throws Error where an answer was not the upstream's */
async function shoot(options: autocannon.Options): Promise<{ readonly lasted: number; readonly times: readonly number[] }> {
  const times: number[] = [];
  const result = await new Promise<autocannon.Result>((resolve, reject) => {
    const instance = autocannon(options, (error: Error | null, done) => (error === null ? resolve(done) : reject(error)));
    // Its histogram counts whole milliseconds.
    instance.on("response", (_client, _status, _bytes, time) => times.push(time));
  });
  if (result.non2xx + result.errors > 0) throw new Error(`${result.non2xx} answers were not the upstream's, ${result.errors} never came`);
  return { lasted: result.duration, times };
}

/** From the rename of a document until Traefik has its marker, in milliseconds. */
async function timeReload({ traefik, text }: Side): Promise<number> {
  const revision = newRevision();
  const beside = join(dirname(dirname(traefik.path)), "beside.yaml");
  await writeFile(beside, text.replaceAll(REVISION, revision), { mode: 0o600, flush: true });
  return timeOf(async () => {
    await rename(beside, traefik.path);
    const taken = await takesMarker(traefik.admin, () => Promise.resolve(`${REVISION_PREFIX}${revision}`), RELOAD_LIMIT);
    if (!taken) throw new Error(`Traefik did not take the document within ${RELOAD_LIMIT} ms`);
  });
}

/** In MiB. */
async function memoryOf({ traefik }: Side): Promise<number> {
  return (await metricOf(traefik, "process_resident_memory_bytes")) / 1024 ** 2;
}

/** What Traefik says of itself, in seconds or bytes. @throws Error where it does not */
async function metricOf({ admin }: ScratchTraefik, name: string): Promise<number> {
  const { body } = await ask(admin, { path: "/metrics" });
  const value = new RegExp(`^${name} (\\S+)$`, "m").exec(body)?.[1];
  if (value === undefined) throw new Error(`Traefik at ${admin} has no metric ${name}`);
  return Number(value);
}

async function startUpstream(): Promise<{ readonly url: string; stop(): Promise<void> }> {
  let found: (url: string) => void = () => undefined;
  const url = new Promise<string>((resolve) => {
    found = resolve;
  });
  const child = startChild([process.execPath, join(HOME, "bench", "upstream.ts")], { cwd: HOME, env: process.env, onLine: (line) => found(line) });
  return { url: await url, stop: () => child.stop() };
}

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Counters } from "../../src/analysis/counters.ts";
import type { Reading } from "../../src/analysis/reading.ts";
import type { Metric } from "../../src/model/catalog.ts";
import { ask } from "../../src/net/ask.ts";
import { writeEntries } from "../../src/traefik/entries.ts";
import type { MetricsSource, Sides } from "../../src/traffic/metrics/source.ts";
import { traefikSource } from "../../src/traffic/metrics/traefik-source.ts";
import { type Answering, startAnswering } from "../support/answering.ts";
import { type ScratchTraefik, startScratchTraefik } from "../support/scratch-traefik.ts";
import { until } from "../support/wait.ts";

const SIDES: Sides = { withFlag: ["voice--on@file"], without: ["voice--base@file"] };
const METRICS: Readonly<Record<string, Metric>> = {
  errors: { kind: "error-ratio", limit: null, compare: true },
  slow: { kind: "latency", quantile: 0.99, limit: 0.25, compare: true },
};

let traefik: ScratchTraefik;
let working: Answering;
let failing: Answering;
let revision = 0;

beforeAll(async () => {
  [traefik, working, failing] = [
    await startScratchTraefik(),
    await startAnswering((request, response) => {
      if (request.url !== "/slow") response.end("fine");
      // Later than the boundary below the limit of the latency.
      else setTimeout(() => response.end("slow"), 220);
    }),
    await startAnswering((_request, response) => response.writeHead(500).end()),
  ];
  await route({});
});
afterAll(async () => {
  await traefik.stop();
  await working.stop();
  await failing.stop();
});

/** Newcomers to bucket 1, which has the flag, and bucket 2, as the document has it; `/retried` tries a second time. */
async function route({ withoutFlag = false }): Promise<void> {
  revision += 1;
  const server = (url: string) => ({ middlewares: ["mark"], loadBalancer: { servers: [{ url }] } });
  const bucket = (name: string, id: number) => ({ weighted: { services: [{ name, weight: 1 }], sticky: { cookie: { name: `sluice-${id}` } } } });
  await traefik.load(
    writeEntries({
      http: {
        routers: {
          all: { rule: "PathPrefix(`/`)", service: "newcomers" },
          on: { rule: "PathPrefix(`/on`)", service: withoutFlag ? "voice--base" : "voice--on" },
          retried: { rule: "PathPrefix(`/retried`)", service: "newcomers", middlewares: ["again"] },
        },
        services: {
          newcomers: {
            weighted: {
              services: [
                { name: "bucket-1", weight: 1 },
                { name: "bucket-2", weight: 3 },
              ],
            },
          },
          "bucket-1": bucket(withoutFlag ? "voice--base" : "voice--on", 1),
          "bucket-2": bucket("voice--base", 2),
          "voice--base": server(working.url),
          ...(withoutFlag ? {} : { "voice--on": server(failing.url) }),
        },
        middlewares: {
          mark: { headers: { customResponseHeaders: { "X-Mark": "m" } } },
          again: { retry: { attempts: 2, initialInterval: "1ms" } },
          [`revision-${revision}`]: { headers: { customResponseHeaders: { "X-Revision": String(revision) } } },
        },
      },
    }),
    String(revision),
  );
}

async function send(path: string, times: number): Promise<void> {
  for (let sent = 0; sent < times; sent += 1) await ask(traefik.url, { path });
}

interface Sums {
  readonly total: number;
  readonly bad: number;
}

function sumsOf(reading: Reading | undefined): { withFlag: Sums; without: Sums } | string {
  if (reading?.kind !== "counts") return reading?.kind === "silent" ? reading.reason : "no counts";
  const sum = (counters: Counters | null): Sums =>
    Object.values(counters ?? {}).reduce<Sums>((all, { total, bad }) => ({ total: all.total + total, bad: all.bad + bad }), { total: 0, bad: 0 });
  return { withFlag: sum(reading.withFlag), without: sum(reading.without) };
}

async function sums(source: MetricsSource, metric: string): Promise<{ withFlag: Sums; without: Sums } | string> {
  return sumsOf((await source.read(METRICS, SIDES))[metric]);
}

describe("the metrics of the real Traefik", () => {
  it("count nothing before the first request", async () => {
    expect(await sums(traefikSource(traefik.admin), "errors")).toEqual({ withFlag: { total: 0, bad: 0 }, without: { total: 0, bad: 0 } });
  });

  it("count each request once, at the variant that answered, however many weighted services it came through", async () => {
    await send("/voice", 40);
    expect(await sums(traefikSource(traefik.admin), "errors")).toEqual({ withFlag: { total: 10, bad: 10 }, without: { total: 30, bad: 0 } });
  });

  it("count slow answers above the boundary of 0.2 s that traefikArguments sets", async () => {
    await send("/slow", 4);
    const readings = await traefikSource(traefik.admin).read(METRICS, SIDES);
    expect(readings["slow"]).toMatchObject({ wording: "slower than 0.2 s" });
    expect(sumsOf(readings["slow"])).toEqual({ withFlag: { total: 11, bad: 0 }, without: { total: 33, bad: 3 } });
  });

  it("leave out a service while it has no route, and begin it at zero when it is back", async () => {
    const source = traefikSource(traefik.admin);
    await route({ withoutFlag: true });
    await until("the service is gone", async () => {
      const { errors } = await source.read(METRICS, SIDES);
      return errors?.kind === "counts" && Object.keys(errors.withFlag).length === 0;
    });
    await route({});
    await send("/on", 3);
    expect(await sums(source, "errors")).toEqual({ withFlag: { total: 3, bad: 3 }, without: { total: 33, bad: 0 } });
  });

  it("count every attempt of a retry, at the variant that it was made at", async () => {
    const source = traefikSource(traefik.admin);
    const before = await sums(source, "errors");
    await failing.stop();
    await send("/retried", 8);
    const after = await sums(source, "errors");
    if (typeof before === "string" || typeof after === "string") throw new Error("no counts");
    const failed = after.withFlag.bad - before.withFlag.bad;
    expect(failed).toBeGreaterThan(0);
    expect(after.withFlag.total - before.withFlag.total + after.without.total - before.without.total).toBe(8 + failed);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Readings } from "../../src/analysis/reading.ts";
import type { Metric } from "../../src/model/catalog.ts";
import { ask } from "../../src/net/ask.ts";
import { readCourse } from "../../src/operations/board/prometheus-course.ts";
import { writeEntries } from "../../src/traefik/entries.ts";
import { prometheusSource } from "../../src/traffic/metrics/prometheus-source.ts";
import type { Sides } from "../../src/traffic/metrics/source.ts";
import { type Answering, startAnswering } from "../support/answering.ts";
import { hasPrometheus, type ScratchPrometheus, startScratchPrometheus } from "../support/scratch-prometheus.ts";
import { type ScratchTraefik, startScratchTraefik } from "../support/scratch-traefik.ts";
import { until } from "../support/wait.ts";

const SIDES: Sides = { withFlag: ["voice--on@file"], without: ["voice--base@file"] };
const ALONE = { stage: "dev", matchers: null, several: false };
const BAD = `sum(traefik_service_requests_total{service=~"$variant",code=~"5.."}) or vector(0)`;
const TOTAL = `sum(traefik_service_requests_total{service=~"$variant"}) # all`;
const METRICS: Readonly<Record<string, Metric>> = {
  errors: { kind: "error-ratio", limit: null, compare: true },
  slow: { kind: "latency", quantile: 0.99, limit: 0.25, compare: true },
  own: { kind: "ratio", bad: BAD, total: TOTAL, limit: null, compare: true },
  count: { kind: "value", query: TOTAL, min: 0, max: null, failures: 1 },
  constant: { kind: "value", query: "1 + 1", min: 0, max: null, failures: 1 },
  several: { kind: "value", query: "traefik_service_requests_total", min: 0, max: null, failures: 1 },
  wrong: { kind: "value", query: "sum(", min: 0, max: null, failures: 1 },
  range: { kind: "value", query: "up[1m]", min: 0, max: null, failures: 1 },
  undefined: { kind: "value", query: "vector(0) / 0", min: 0, max: null, failures: 1 },
  nameless: { kind: "ratio", bad: "nothing_of_the_kind", total: TOTAL, limit: null, compare: true },
};

// Debian's package `prometheus` has it, and so has the official download.
describe.skipIf(!(await hasPrometheus()))("the real Prometheus on the real Traefik (skipped where no prometheus is on PATH)", () => {
  let traefik: ScratchTraefik;
  let prometheus: ScratchPrometheus;
  let working: Answering;
  let failing: Answering;

  beforeAll(async () => {
    traefik = await startScratchTraefik();
    prometheus = await startScratchPrometheus(traefik.admin);
    working = await startAnswering((_request, response) => response.end("fine"));
    failing = await startAnswering((_request, response) => response.writeHead(500).end());
    const service = (url: string) => ({ loadBalancer: { servers: [{ url }] } });
    await traefik.load(
      writeEntries({
        http: {
          routers: { on: { rule: "PathPrefix(`/on`)", service: "voice--on" }, off: { rule: "PathPrefix(`/off`)", service: "voice--base" } },
          services: { "voice--on": service(failing.url), "voice--base": service(working.url) },
          middlewares: { "revision-1": { headers: { customResponseHeaders: { "X-Revision": "1" } } } },
        },
      }),
      "1",
    );
  });
  afterAll(async () => {
    await prometheus.stop();
    await traefik.stop();
    await working.stop();
    await failing.stop();
  });

  function read(): Promise<Readings> {
    return prometheusSource(prometheus.url, ALONE).read(METRICS, SIDES);
  }

  it("is silent until it has scraped Traefik, and then counts nothing", async () => {
    await until("Traefik was scraped", async () => (await read())["errors"]?.kind === "counts");
    expect(await read()).toMatchObject({
      errors: { withFlag: {}, without: {} },
      slow: { withFlag: {}, without: {} },
      own: { kind: "silent", reason: "total with the flag finds no series; write (…) or vector(0) where none means 0" },
    });
  });

  it("counts both sides, by the built-in kinds and by queries", async () => {
    for (let sent = 0; sent < 5; sent += 1) await ask(traefik.url, { path: "/on" });
    for (let sent = 0; sent < 20; sent += 1) await ask(traefik.url, { path: "/off" });
    const names = { on: `voice--on@file traefik ${new URL(traefik.admin).host}`, off: `voice--base@file traefik ${new URL(traefik.admin).host}` };
    await until("all requests were scraped", async () => {
      const { errors } = await read();
      return errors?.kind === "counts" && errors.withFlag[names.on]?.total === 5 && errors.without?.[names.off]?.total === 20;
    });
    expect(await read()).toEqual({
      errors: {
        kind: "counts",
        wording: "failed",
        withFlag: { [names.on]: { total: 5, bad: 5, seconds: null } },
        without: { [names.off]: { total: 20, bad: 0, seconds: null } },
      },
      slow: {
        kind: "counts",
        wording: "slower than 0.2 s",
        withFlag: { [names.on]: { total: 5, bad: 0, seconds: expect.any(Number) } },
        without: { [names.off]: { total: 20, bad: 0, seconds: expect.any(Number) } },
      },
      own: {
        kind: "counts",
        wording: "bad",
        sums: true,
        withFlag: { "with the flag": { total: 5, bad: 5, seconds: null } },
        without: { "without the flag": { total: 20, bad: 0, seconds: null } },
      },
      count: { kind: "value", value: 5 },
      constant: { kind: "value", value: 2 },
      several: { kind: "silent", reason: "query finds 2 series where one is expected; use sum(…)" },
      wrong: { kind: "silent", reason: expect.stringMatching(/^Prometheus: .*parse error/) },
      range: { kind: "silent", reason: "Prometheus answers in another form than expected: resultType must be a vector or a scalar" },
      undefined: { kind: "silent", reason: "Prometheus answers in another form than expected: result.0.value.value must be a finite number" },
      nameless: { kind: "silent", reason: "bad with the flag finds no series; write (…) or vector(0) where none means 0" },
    });
  });

  it("has the course of both sides, for the board", async () => {
    const course = { range: 60, step: 2 };
    const sums = async () => {
      const metrics = await readCourse({ address: prometheus.url, traefik: ALONE }, SIDES, 1, new Date(), course, 2_000);
      return metrics.kind === "read" ? metrics.sum : metrics.reason;
    };
    await until("requests of both sides are in it", async () => {
      await Promise.all(["/on", "/off"].map((path) => ask(traefik.url, { path })));
      const found = await sums();
      return typeof found !== "string" && (found.withFlag?.total ?? 0) > 0 && (found.without?.total ?? 0) > 0;
    });
    expect(await sums()).toEqual({
      withFlag: { total: expect.any(Number), bad: expect.any(Number), seconds: expect.any(Number) },
      without: { total: expect.any(Number), bad: 0, seconds: expect.any(Number) },
    });
    const metrics = await readCourse({ address: prometheus.url, traefik: ALONE }, SIDES, 1, new Date(), course, 2_000);
    // Nothing takes a second.
    expect(metrics.kind === "read" ? metrics.slow?.sum : metrics).toEqual({
      withFlag: { total: expect.toSatisfy((total: number) => total > 0), bad: 0, seconds: null },
      without: { total: expect.any(Number), bad: 0, seconds: null },
    });
    const found = await sums();
    if (typeof found === "string") throw new Error(found);
    // Every request to the side with the flag fails.
    expect(found.withFlag?.bad).toBeCloseTo(found.withFlag?.total ?? -1);
  });

  it("is silent once Traefik cannot be scraped any more", async () => {
    await traefik.stop();
    await until("the last scrape has failed", async () => (await read())["errors"]?.kind === "silent");
    expect((await read())["errors"]).toEqual({ kind: "silent", reason: "Prometheus has no metrics of Traefik at this moment; is it scraped?" });
  });
});

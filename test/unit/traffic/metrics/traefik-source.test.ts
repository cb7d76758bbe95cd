import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { Reading } from "../../../../src/analysis/reading.ts";
import type { Metric } from "../../../../src/model/catalog.ts";
import type { Sides } from "../../../../src/traffic/metrics/source.ts";
import { parseSamples, traefikSource } from "../../../../src/traffic/metrics/traefik-source.ts";
import { type Answering, startAnswering } from "../../../support/answering.ts";

const SIDES: Sides = { withFlag: ["voice--on@file"], without: ["voice--base@file"] };
const ERRORS: Metric = { kind: "error-ratio", limit: null, compare: true };
const LATENCY: Metric = { kind: "latency", quantile: 0.99, limit: 0.3, compare: true };

/** What Traefik 3.7.9 says after some requests, shortened. */
const RECORDED = `# HELP process_cpu_seconds_total Total user and system CPU time spent in seconds.
# TYPE process_cpu_seconds_total counter
process_cpu_seconds_total 0.12
# HELP traefik_config_reloads_total Config reloads
# TYPE traefik_config_reloads_total counter
traefik_config_reloads_total 1
# HELP traefik_service_request_duration_seconds How long it took to process the request on a service, partitioned by status code, protocol, and method.
# TYPE traefik_service_request_duration_seconds histogram
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="voice--base@file",le="0.1"} 5
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="voice--base@file",le="0.25"} 6
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="voice--base@file",le="1"} 7
traefik_service_request_duration_seconds_bucket{code="200",method="GET",protocol="http",service="voice--base@file",le="+Inf"} 8
traefik_service_request_duration_seconds_sum{code="200",method="GET",protocol="http",service="voice--base@file"} 4.5
traefik_service_request_duration_seconds_count{code="200",method="GET",protocol="http",service="voice--base@file"} 8
traefik_service_request_duration_seconds_bucket{code="502",method="GET",protocol="http",service="voice--on@file",le="0.1"} 2
traefik_service_request_duration_seconds_bucket{code="502",method="GET",protocol="http",service="voice--on@file",le="0.25"} 2
traefik_service_request_duration_seconds_bucket{code="502",method="GET",protocol="http",service="voice--on@file",le="1"} 2
traefik_service_request_duration_seconds_bucket{code="502",method="GET",protocol="http",service="voice--on@file",le="+Inf"} 2
traefik_service_request_duration_seconds_sum{code="502",method="GET",protocol="http",service="voice--on@file"} 0.0002
traefik_service_request_duration_seconds_count{code="502",method="GET",protocol="http",service="voice--on@file"} 2
# HELP traefik_service_requests_total How many HTTP requests processed on a service, partitioned by status code, protocol, and method.
# TYPE traefik_service_requests_total counter
traefik_service_requests_total{code="200",method="GET",protocol="http",service="voice--base@file"} 6
traefik_service_requests_total{code="404",method="POST",protocol="http",service="voice--base@file"} 2
traefik_service_requests_total{code="200",method="GET",protocol="http",service="voice--on@file"} 1
traefik_service_requests_total{code="502",method="GET",protocol="http",service="voice--on@file"} 2
traefik_service_requests_total{code="500",method="GET",protocol="http",service="other--on@file"} 9
`;

let server: Answering | null = null;
afterEach(async () => {
  await server?.stop();
  server = null;
});

async function read(answer: string | ((response: ServerResponse) => void), metric: Metric = ERRORS, sides = SIDES): Promise<Reading | undefined> {
  server = await startAnswering((_request, response) => {
    if (typeof answer === "string") response.end(answer);
    else answer(response);
  });
  const readings = await traefikSource(server.url, 300).read({ m: metric }, sides);
  return readings["m"];
}

function reasonOf(reading: Reading | undefined): string {
  return reading?.kind === "silent" ? reading.reason.replaceAll(/127\.0\.0\.1:\d+/g, "HOST") : `not silent: ${JSON.stringify(reading)}`;
}

describe("Traefik's metrics", () => {
  it("count answers with a status of 500 and above of each side's services", async () => {
    expect(await read(RECORDED)).toEqual({
      kind: "counts",
      wording: "failed",
      withFlag: { "voice--on@file": { total: 3, bad: 2, seconds: null } },
      without: { "voice--base@file": { total: 8, bad: 0, seconds: null } },
    });
  });

  it("count as slow what is above the largest boundary within the limit", async () => {
    expect(await read(RECORDED, LATENCY)).toEqual({
      kind: "counts",
      wording: "slower than 0.25 s",
      withFlag: { "voice--on@file": { total: 2, bad: 0, seconds: 0.0002 } },
      without: { "voice--base@file": { total: 8, bad: 2, seconds: 4.5 } },
    });
  });

  it("take a boundary that is the limit itself", async () => {
    expect(await read(RECORDED, { ...LATENCY, limit: 1 })).toMatchObject({ wording: "slower than 1 s", without: { "voice--base@file": { bad: 1 } } });
  });

  it("have no counters for a service that was never asked, and no other side where nobody is without", async () => {
    expect(await read(RECORDED, ERRORS, { withFlag: ["new--on@file"], without: [] })).toEqual({
      kind: "counts",
      wording: "failed",
      withFlag: {},
      without: null,
    });
    await server?.stop();
    expect(await read("traefik_config_reloads_total 1\n", LATENCY)).toEqual({ kind: "counts", wording: "slower than 0.3 s", withFlag: {}, without: {} });
  });
});

describe("a reading is silent, with its reason,", () => {
  const LINE = 'traefik_service_requests_total{code="200",service="voice--on@file"}';
  const ALIVE = "traefik_config_reloads_total 1\n";
  it.each<readonly [string, string, string]>([
    [
      "on a page of HTML",
      "<html>hello</html>",
      "what answers has no metrics of Traefik; sluice serve enables them, and Traefik's own setting metrics.prometheus",
    ],
    ["on an empty answer", "", "what answers has no metrics of Traefik; sluice serve enables them, and Traefik's own setting metrics.prometheus"],
    ["on a count that is none", `${ALIVE}${LINE} banana`, 'Traefik\'s metrics say "banana" of traefik_service_requests_total, which is no count'],
    ["on a missing count", `${ALIVE}${LINE}`, 'Traefik\'s metrics say "" of traefik_service_requests_total, which is no count'],
    ["on NaN", `${ALIVE}${LINE} NaN`, 'Traefik\'s metrics say "NaN" of traefik_service_requests_total, which is no count'],
    ["on a negative count", `${ALIVE}${LINE} -3`, 'Traefik\'s metrics say "-3" of traefik_service_requests_total, which is no count'],
    ["on a status that is none", `${ALIVE}${LINE.replace("200", "teapot")} 3`, "Traefik counts requests with the status teapot"],
    ["on labels that do not end", `${ALIVE}traefik_service_requests_total{code=200} 3`, "Traefik's metrics cannot be read"],
  ])("%s", async (_case, text, reason) => {
    expect(reasonOf(await read(text))).toMatch(new RegExp(`^${reason.replaceAll(/[.*+?^${}()|[\]\\]/g, "\\$&")}`));
  });

  it("where no boundary is within the limit, and says which there are", async () => {
    expect(reasonOf(await read(RECORDED, { ...LATENCY, limit: 0.05 }))).toBe(
      "Traefik counts durations in buckets, and none ends at or below 0.05 s; they end at 0.1, 0.25, 1 s",
    );
  });

  it.each<readonly [string, (response: ServerResponse) => void, string]>([
    ["when nothing comes", () => undefined, "gives no answer within 300 ms"],
    ["when it begins and does not end", (response) => void response.write("traefik_config_reloads_total 1\n"), "gives no answer within 300 ms"],
    ["on another status", (response) => void response.writeHead(404).end(), "answers with status 404"],
    ["when the connection breaks", (response) => void response.destroy(), "cannot be reached (other side closed)"],
  ])("%s", async (_case, answer, reason) => {
    expect(reasonOf(await read(answer))).toBe(`Traefik's metrics at http://HOST: ${reason}`);
  });

  it("on a body without end", async () => {
    const endless = (response: ServerResponse): void => {
      const chunk = "x".repeat(1024 * 1024);
      const more = (): void => {
        while (!response.destroyed && response.write(chunk));
      };
      response.on("drain", more);
      more();
    };
    expect(reasonOf(await read(endless))).toMatch(/: (answers with more than 33554432 bytes|gives no answer within 300 ms)$/);
  });

  it("where nothing listens", async () => {
    const readings = await traefikSource("http://127.0.0.1:1", 300).read({ m: ERRORS }, SIDES);
    expect(reasonOf(readings["m"])).toMatch(/^Traefik's metrics at \S+: cannot be reached \(.+\)$/);
  });

  it.each<Metric>([
    { kind: "ratio", bad: "a", total: "b", limit: null, compare: true },
    { kind: "value", query: "a", min: 0, max: null, failures: 1 },
  ])("for a metric that needs Prometheus: $kind", async (metric) => {
    expect(reasonOf(await read(RECORDED, metric))).toBe(
      `a metric of kind ${metric.kind} needs Prometheus, and the stage has none; set its address as prometheus in the stage's config`,
    );
  });
});

it("a text of a thousand services is read in a fraction of a second", () => {
  const services = Array.from({ length: 1_000 }, (_, index) =>
    RECORDED.split("\n")
      .filter((line) => line.startsWith("traefik_service"))
      .join("\n")
      .replaceAll("voice", `voice-${index}`),
  );
  const text = `traefik_config_reloads_total 1\n${services.join("\n")}\n`;
  const start = performance.now();
  expect(parseSamples(text)).toHaveLength(1_000 * 17 + 1);
  expect(performance.now() - start).toBeLessThan(2_000);
});

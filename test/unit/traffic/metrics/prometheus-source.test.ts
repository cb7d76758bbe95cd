import type { ServerResponse } from "node:http";
import { afterEach, describe, expect, it } from "vitest";
import type { Reading } from "../../../../src/analysis/reading.ts";
import type { Metric } from "../../../../src/model/catalog.ts";
import type { TraefikInPrometheus } from "../../../../src/model/traefik-in-prometheus.ts";
import { prometheusSource } from "../../../../src/traffic/metrics/prometheus-source.ts";
import { forServices } from "../../../../src/traffic/metrics/promql.ts";
import type { Sides } from "../../../../src/traffic/metrics/source.ts";
import { type Answering, startAnswering } from "../../../support/answering.ts";

const SIDES: Sides = { withFlag: ["voice--on@file"], without: ["voice--base@file"] };
const SEVERAL: TraefikInPrometheus = { stage: "dev", matchers: null, several: true };
const ERRORS: Metric = { kind: "error-ratio", limit: null, compare: true };
const RATIO: Metric = { kind: "ratio", bad: "bad{s=~'$variant'}", total: "all{s=~'$variant'}", limit: null, compare: true };
const VALUE: Metric = { kind: "value", query: "queue", min: 0, max: 9, failures: 1 };
const ALIVE = { metric: { __name__: "traefik_config_reloads_total", instance: "a" }, value: [1, "1"] };

let server: Answering | null = null;
let asked: string[] = [];
afterEach(async () => {
  await server?.stop();
  server = null;
  asked = [];
});

async function read(metric: Metric, answer: (response: ServerResponse) => void, sides = SIDES, traefik = SEVERAL): Promise<Reading | undefined> {
  server = await startAnswering((request, response) => {
    const url = new URL(request.url ?? "", "http://localhost");
    asked.push(url.searchParams.get("query") ?? "");
    answer(response);
  });
  return (await prometheusSource(server.url, traefik, 300).read({ m: metric }, sides))["m"];
}

function say(data: unknown): (response: ServerResponse) => void {
  return (response) => response.setHeader("content-type", "application/json").end(JSON.stringify({ status: "success", data }));
}

function vector(...result: readonly unknown[]): (response: ServerResponse) => void {
  return say({ resultType: "vector", result });
}

function requests(service: string, code: string, value: unknown, instance = "a"): unknown {
  return { metric: { __name__: "traefik_service_requests_total", service: `${service}@file`, code, instance, job: "traefik" }, value: [1, value] };
}

function part(name: string, value: unknown, more = "x"): unknown {
  return { metric: { sluice_part: name, more }, value: [1, value] };
}

function reasonOf(reading: Reading | undefined): string {
  return reading?.kind === "silent" ? reading.reason : `not silent: ${JSON.stringify(reading)}`;
}

describe("Prometheus", () => {
  it("is asked once for both sides, and counts each Traefik by itself", async () => {
    const answer = vector(
      ALIVE,
      requests("voice--on", "200", "5"),
      requests("voice--on", "503", "2"),
      requests("voice--on", "200", "7", "b"),
      requests("voice--base", "200", "90"),
    );
    expect(await read(ERRORS, answer)).toEqual({
      kind: "counts",
      wording: "failed",
      withFlag: { "voice--on@file traefik a": { total: 7, bad: 2, seconds: null }, "voice--on@file traefik b": { total: 7, bad: 0, seconds: null } },
      without: { "voice--base@file traefik a": { total: 90, bad: 0, seconds: null } },
    });
    expect(asked).toEqual([
      'sum by (__name__, service, job, instance, code) (traefik_service_requests_total{service=~"voice--on@file|voice--base@file"}) or traefik_config_reloads_total',
    ]);
  });

  it("is asked for the stage's own Traefik alone where the config says how to find it", async () => {
    await read(ERRORS, vector(ALIVE), SIDES, { ...SEVERAL, matchers: 'job="edge"' });
    expect(asked[0]).toContain('traefik_service_requests_total{job="edge", service=~');
    expect(asked[0]).toMatch(/ or traefik_config_reloads_total\{job="edge"\}$/);
  });

  it.each([
    ["two stages", SEVERAL, { stage: "dev" }, { stage: "production" }],
    ["two instances, and the stage has one", { ...SEVERAL, several: false }, { instance: "a" }, { instance: "b" }],
    ["one with a stage and one without", SEVERAL, {}, { stage: "production" }],
  ])("holds on %s where the config does not say which is its own", async (_what, traefik, one, other) => {
    const alive = (labels: object) => ({ metric: { __name__: "traefik_config_reloads_total", ...labels }, value: [1, "1"] });
    expect(reasonOf(await read(ERRORS, vector(alive(one), alive(other), requests("voice--on", "200", "5")), SIDES, traefik))).toBe(
      "Prometheus has 2 Traefiks, and the config of dev does not say which is its own: npx pulumi config set --stack dev --path monitoring.selector 'job=\"…\"', with labels that only it has",
    );
  });

  it("gives both counters of a ratio for both sides in one answer", async () => {
    const answer = vector(
      part("bad with the flag", "1"),
      part("total with the flag", "20"),
      part("bad without the flag", "3"),
      part("total without the flag", "300"),
    );
    expect(await read(RATIO, answer)).toEqual({
      kind: "counts",
      wording: "bad",
      sums: true,
      withFlag: { "with the flag": { total: 20, bad: 1, seconds: null } },
      without: { "without the flag": { total: 300, bad: 3, seconds: null } },
    });
    expect(asked).toHaveLength(1);
  });

  it("is not asked for a side that nobody is on", async () => {
    expect(await read(RATIO, vector(part("bad with the flag", "1"), part("total with the flag", "20")), { ...SIDES, without: [] })).toMatchObject({
      without: null,
    });
    expect(asked[0]).not.toContain("without");
  });

  it.each([
    ["a vector", vector({ metric: {}, value: [1, "4.5"] })],
    ["a scalar", say({ resultType: "scalar", result: [1, "4.5"] })],
  ])("gives one number as %s", async (_form, answer) => {
    expect(await read(VALUE, answer)).toEqual({ kind: "value", value: 4.5 });
  });

  it("has names in a query as a regular expression that needs no backslash", () => {
    expect(forServices("up{stage='$stage', service=~'$variant'} / x{s=~`$variant`}", ["a--b@file", "c.d@file"], "dev")).toBe(
      "up{stage='dev', service=~'a--b@file|c[.]d@file'} / x{s=~`a--b@file|c[.]d@file`}",
    );
  });
});

describe("a reading is silent, with its reason,", () => {
  const LIES = "Prometheus answers in another form than expected: ";
  it.each<readonly [string, Metric, (response: ServerResponse) => void, string]>([
    ["when Traefik is not scraped", ERRORS, vector(), "Prometheus has no metrics of Traefik at this moment; is it scraped?"],
    ["on NaN", VALUE, vector({ metric: {}, value: [1, "NaN"] }), `${LIES}result.0.value.value must be a finite number`],
    ["on infinity", VALUE, vector({ metric: {}, value: [1, "+Inf"] }), `${LIES}result.0.value.value must be a finite number`],
    ["on an object for a number", VALUE, vector({ metric: {}, value: [1, {}] }), `${LIES}result.0.value.value must be a finite number`],
    ["on a matrix", VALUE, say({ resultType: "matrix", result: [] }), `${LIES}resultType must be a vector or a scalar`],
    ["on a text", VALUE, say({ resultType: "string", result: [1, "x"] }), `${LIES}resultType must be a vector or a scalar`],
    ["on an unknown type", VALUE, say({ resultType: "banana", result: [] }), "Prometheus: the answer cannot be read (Unexpected resultType: banana)"],
    ["on no series", VALUE, vector(), "query finds no series; write (…) or vector(0) where none means 0"],
    [
      "on several series",
      VALUE,
      vector({ metric: { a: "1" }, value: [1, "1"] }, { metric: { a: "2" }, value: [1, "2"] }),
      "query finds 2 series where one is expected; use sum(…)",
    ],
    [
      "on a ratio without its bad events",
      RATIO,
      vector(part("total with the flag", "20")),
      "bad with the flag finds no series; write (…) or vector(0) where none means 0",
    ],
    [
      "on a ratio with several totals",
      RATIO,
      vector(part("bad with the flag", "1"), part("total with the flag", "20"), part("total with the flag", "20", "y")),
      "total with the flag finds 2 series where one is expected; use sum(…)",
    ],
    ["on a page of HTML", VALUE, (response) => response.end("<html>"), "Prometheus: what answers is something else"],
    ["on success without data", VALUE, (response) => response.end('{"status":"success"}'), "Prometheus: the answer cannot be read"],
    [
      "on an error of Prometheus'",
      VALUE,
      (response) =>
        response.writeHead(400, { "content-type": "application/json" }).end('{"status":"error","errorType":"bad_data","error":"parse error: oops"}'),
      "Prometheus: parse error: oops",
    ],
    ["when nothing comes", VALUE, () => undefined, "Prometheus gives no answer within 300 ms"],
    ["when it begins and does not end", VALUE, (response) => void response.write('{"status":'), "Prometheus gives no answer within 300 ms"],
    ["when the connection breaks", VALUE, (response) => void response.destroy(), "Prometheus: socket hang up"],
  ])("%s", async (_case, metric, answer, reason) => {
    expect(reasonOf(await read(metric, answer)).slice(0, reason.length)).toBe(reason);
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
    expect(reasonOf(await read(VALUE, endless))).toMatch(/^Prometheus(: maxContentLength size of 33554432 exceeded| gives no answer within 300 ms)$/);
  });
});

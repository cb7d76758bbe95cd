import { afterEach, describe, expect, it } from "vitest";
import { coursePoints, courseQuery, readCourse, slowCourse } from "../../../../src/operations/board/prometheus-course.ts";
import { type Answering, startAnswering } from "../../../support/answering.ts";

const SIDES = { withFlag: ["voice--agent@file"], without: ["voice--base@file"] };
const OWN = { stage: "dev", matchers: 'stage="dev"', several: false };
const NOW = new Date("2027-01-31T12:00:00Z");
const COURSE = { range: 600, step: 60 };
const series = (part: string, ...values: readonly (readonly [minute: number, value: number])[]) => ({
  metric: { labels: { sluice_part: part } },
  values: values.map(([minute, value]) => ({ time: new Date(NOW.getTime() + minute * 60_000), value })),
});

let prometheus: Answering | null = null;
afterEach(async () => {
  await prometheus?.stop();
  prometheus = null;
});

describe("the course of metrics in Prometheus", () => {
  it("is asked for in one query", () => {
    expect(courseQuery({ withFlag: ["voice--agent@file"], without: [] }, OWN, 60, false)).toBe(
      [
        'label_replace((\nsum(increase(traefik_service_requests_total{stage="dev", service=~"voice--agent@file"}[60s]))\n), "sluice_part", "total with the flag", "__name__", ".*")',
        'label_replace((\nsum(increase(traefik_service_requests_total{stage="dev", service=~"voice--agent@file", code=~"[5-9].."}[60s])) or vector(0)\n), "sluice_part", "bad with the flag", "__name__", ".*")',
        'label_replace((\nsum(increase(traefik_service_request_duration_seconds_sum{stage="dev", service=~"voice--agent@file"}[60s]))\n), "sluice_part", "seconds with the flag", "__name__", ".*")',
      ].join(" or "),
    );
  });

  it("joins the answers of a moment, and leaves out those without requests", () => {
    const all = [
      series("total with the flag", [1, 100], [2, 50]),
      series("bad with the flag", [0, 0], [1, 5], [2, 0]),
      series("seconds with the flag", [1, 4], [2, Number.NaN]),
      series("total without the flag", [1, 300]),
    ];
    expect(coursePoints(all, SIDES)).toEqual([
      { at: new Date(NOW.getTime() + 60_000), withFlag: { total: 100, bad: 5, seconds: 4 }, without: { total: 300, bad: 0, seconds: null } },
      { at: new Date(NOW.getTime() + 120_000), withFlag: { total: 50, bad: 0, seconds: null }, without: null },
    ]);
  });

  it("counts slow answers by the largest bucket that ends at or below the limit", () => {
    const bucket = (le: string, value: number) => ({
      metric: { labels: { sluice_part: "buckets with the flag", le } },
      values: [{ time: NOW, value }],
    });
    const all = [bucket("0.1", 50), bucket("0.5", 90), bucket("1", 96), bucket("2", 99), bucket("+Inf", 100)];
    expect(slowCourse(all, SIDES, 1.5)).toEqual({
      points: [{ at: NOW, withFlag: { total: 100, bad: 4, seconds: null }, without: null }],
      sum: { withFlag: { total: 100, bad: 4, seconds: null }, without: null },
    });
    expect(slowCourse(all, SIDES, 0.05)).toBeNull();
    expect(courseQuery({ withFlag: ["a@file"], without: [] }, OWN, 60, true)).toContain(
      'sum by (le) (increase(traefik_service_request_duration_seconds_bucket{stage="dev", service=~"a@file"}[60s]))',
    );
  });

  it.each([
    [
      "no series",
      { status: "success", data: { resultType: "matrix", result: [] } },
      "Prometheus has no requests to these services in the last hours; is Traefik scraped?",
    ],
    ["an error", { status: "error", errorType: "bad_data", error: "parse error" }, "Prometheus: parse error"],
    [
      "another form",
      { status: "success", data: { resultType: "scalar", result: [1, "1"] } },
      'Prometheus answers in another form than expected: resultType must be Invalid input: expected "matrix"',
    ],
  ])("is none where the answer is %s", async (_what, answer, reason) => {
    prometheus = await startAnswering((_request, response) => {
      response.writeHead(answer.status === "success" ? 200 : 400, { "content-type": "application/json" });
      response.end(JSON.stringify(answer));
    });
    expect(await readCourse({ address: prometheus.url, traefik: OWN }, SIDES, null, NOW, COURSE, 2_000)).toEqual({ kind: "none", reason });
  });

  it("is none where the config does not say which of several Traefiks is the stage's", async () => {
    const asked: string[] = [];
    prometheus = await startAnswering((request, response) => {
      asked.push(new URL(request.url ?? "", "http://127.0.0.1").searchParams.get("query") ?? "");
      const one = (part: string, value: string) => ({ metric: { sluice_part: part }, values: [[NOW.getTime() / 1000, value]] });
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result: [one("total with the flag", "12"), one("traefiks", "2")] } }));
    });
    const place = { address: prometheus.url, traefik: { stage: "dev", matchers: null, several: false } };
    expect(await readCourse(place, SIDES, null, NOW, COURSE, 2_000)).toEqual({
      kind: "none",
      reason: expect.stringContaining("Prometheus has 2 Traefiks, and the config of dev does not say which is its own"),
    });
    expect(asked[0]).toContain("count(count by (stage, job, instance) (traefik_config_reloads_total))");
  });

  it("is given up where no answer comes in time", async () => {
    prometheus = await startAnswering(() => undefined);
    expect(await readCourse({ address: prometheus.url, traefik: OWN }, SIDES, null, NOW, COURSE, 200)).toEqual({
      kind: "none",
      reason: "Prometheus gives no answer within 200 ms",
    });
  });

  it("is asked for the range up to now", async () => {
    const asked: string[] = [];
    prometheus = await startAnswering((request, response) => {
      asked.push(request.url ?? "");
      const values = [[NOW.getTime() / 1000, "12"]];
      response.setHeader("content-type", "application/json");
      response.end(JSON.stringify({ status: "success", data: { resultType: "matrix", result: [{ metric: { sluice_part: "total with the flag" }, values }] } }));
    });
    expect(await readCourse({ address: prometheus.url, traefik: OWN }, SIDES, null, NOW, COURSE, 2_000)).toEqual({
      kind: "read",
      source: "prometheus",
      points: [{ at: NOW, withFlag: { total: 12, bad: 0, seconds: null }, without: null }],
      sum: { withFlag: { total: 12, bad: 0, seconds: null }, without: null },
      slow: null,
      since: new Date(NOW.getTime() - 600_000),
      warning: null,
    });
    const { searchParams } = new URL(asked[0] ?? "", "http://127.0.0.1");
    expect([searchParams.get("start"), searchParams.get("end"), searchParams.get("step")]).toEqual([
      String(NOW.getTime() / 1000 - 600),
      String(NOW.getTime() / 1000),
      "60",
    ]);
  });
});

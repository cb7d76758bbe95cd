import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Model } from "../../src/config/parse.ts";
import { traefikInPrometheus } from "../../src/model/traefik-in-prometheus.ts";
import { scrapeFile } from "../../src/monitoring/scrape.ts";
import { ask } from "../../src/net/ask.ts";
import { readCourse } from "../../src/operations/board/prometheus-course.ts";
import { criteriaOf } from "../../src/operations/documents/criteria.ts";
import { writeEntries } from "../../src/traefik/entries.ts";
import { prometheusSource } from "../../src/traffic/metrics/prometheus-source.ts";
import type { Sides } from "../../src/traffic/metrics/source.ts";
import { type Answering, startAnswering } from "../support/answering.ts";
import { queryPrometheus } from "../support/ask-prometheus.ts";
import { catalogInput, modelFrom } from "../support/model.ts";
import { monitoringInput } from "../support/monitoring.ts";
import { hasPrometheus, type ScratchPrometheus, startPrometheus } from "../support/scratch-prometheus.ts";
import { type ScratchTraefik, startScratchTraefik } from "../support/scratch-traefik.ts";
import { until } from "../support/wait.ts";

const SIDES: Sides = { withFlag: ["voice-api--agent-enabled@file"], without: ["voice-api--base@file"] };
const STAGES = ["dev", "production"] as const;

/** A catalogue whose flag is judged by every kind of metric. */
function watchedCatalog(): ReturnType<typeof catalogInput> {
  const catalog = catalogInput();
  const series = 'traefik_service_requests_total{stage="$stage", service=~"$variant"';
  Object.assign(catalog.flags["AGENT_ENABLED"] ?? {}, {
    watch: {
      duration: "10s",
      metrics: {
        errors: { kind: "error-ratio", limit: 0.05 },
        latency: { kind: "latency", quantile: 0.99, limit: "1s" },
        own: { kind: "ratio", bad: `sum(${series}, code=~"5.."}) or vector(0)`, total: `sum(${series}})`, limit: 0.05 },
        count: { kind: "value", query: `sum(${series}})`, min: 1 },
      },
    },
  });
  return catalog;
}

function modelOf(stage: string, monitoring: unknown): Model {
  return modelFrom({ monitoring, flags: { AGENT_ENABLED: 25 } }, watchedCatalog(), stage);
}

describe.skipIf(!(await hasPrometheus()))(
  "one real Prometheus for two stages whose services have the same names (skipped where no prometheus is on PATH)",
  () => {
    const traefiks = new Map<string, ScratchTraefik>();
    const services: Answering[] = [];
    let prometheus: ScratchPrometheus;

    beforeAll(async () => {
      // Everything fails in dev, nothing in production.
      for (const stage of STAGES) {
        const traefik = await startScratchTraefik();
        const answering = await startAnswering((_request, response) => response.writeHead(stage === "dev" ? 500 : 200).end());
        services.push(answering);
        const loadBalancer = { servers: [{ url: answering.url }] };
        await traefik.load(
          writeEntries({
            http: {
              routers: {
                on: { rule: "PathPrefix(`/on`)", service: "voice-api--agent-enabled" },
                off: { rule: "PathPrefix(`/off`)", service: "voice-api--base" },
              },
              services: { "voice-api--agent-enabled": { loadBalancer }, "voice-api--base": { loadBalancer } },
              middlewares: { "revision-1": { headers: { customResponseHeaders: { "X-Revision": "1" } } } },
            },
          }),
          "1",
        );
        traefiks.set(stage, traefik);
      }
      const scrapes = STAGES.flatMap((stage) => {
        const input = monitoringInput();
        return scrapeFile({ ...input, plan: { ...input.plan, stage }, traefik: traefiks.get(stage)?.admin ?? null }).scrape_configs;
      });
      prometheus = await startPrometheus({ scrape_configs: scrapes });
      await until("all requests were scraped", async () => {
        for (const traefik of traefiks.values()) await Promise.all(["/on", "/off"].map((path) => ask(traefik.url, { path })));
        const series = await queryPrometheus(prometheus.url, "count by (stage, service) (increase(traefik_service_requests_total[4s]) > 0)");
        return series.length === 4;
      });
    });
    afterAll(async () => {
      await prometheus.stop();
      await Promise.all([...[...traefiks.values()], ...services].map((part) => part.stop()));
    });

    function readErrors(model: Model) {
      return prometheusSource(prometheus.url, traefikInPrometheus(model.settings)).read({ errors: { kind: "error-ratio", limit: null, compare: true } }, SIDES);
    }
    function course({ settings }: Model) {
      return readCourse({ address: prometheus.url, traefik: traefikInPrometheus(settings) }, SIDES, 1, new Date(), { range: 60, step: 4 }, 2_000);
    }

    it("a promotion judges its own stage alone", async () => {
      const { errors } = await readErrors(modelOf("production", true));
      if (errors?.kind !== "counts") throw new Error(JSON.stringify(errors));
      const sides = [...Object.entries(errors.withFlag), ...Object.entries(errors.without ?? {})];
      expect(sides).toHaveLength(2);
      for (const [name, counts] of sides) {
        expect(name).toContain("sluice-production-traefik");
        expect(counts).toMatchObject({ bad: 0, total: expect.any(Number) });
      }
    });

    it("so does a stage with a selector of its own", async () => {
      const { errors } = await readErrors(modelOf("dev", { selector: 'job="sluice-dev-traefik"' }));
      expect(Object.keys(errors?.kind === "counts" ? errors.withFlag : {})).toEqual([expect.stringContaining("sluice-dev-traefik")]);
    });

    it("the board shows its own stage alone", async () => {
      const [dev, production] = [await course(modelOf("dev", true)), await course(modelOf("production", true))];
      if (dev.kind !== "read" || production.kind !== "read") throw new Error(JSON.stringify({ dev, production }));
      expect(production.sum.withFlag).toMatchObject({ bad: 0 });
      expect(dev.sum.withFlag?.bad).toBeCloseTo(dev.sum.withFlag?.total ?? -1);
    });

    it("both hold where the config does not say which Traefik is the stage's", async () => {
      const reason = expect.stringContaining("Prometheus has 2 Traefiks, and the config of production does not say which is its own");
      const model = modelOf("production", false);
      expect((await readErrors(model))["errors"]).toEqual({ kind: "silent", reason });
      expect(await course(model)).toEqual({ kind: "none", reason });
    });

    it.each([
      ["dev", { errors: 1, own: 1 }],
      ["production", { errors: 0, own: 0 }],
    ])("every query of the success criteria of %s gives one number, of that stage", async (stage, expected) => {
      const queries = criteriaOf(modelOf(stage, true), "AGENT_ENABLED", 25).flatMap(({ measure, ask: { kind, text } }) =>
        kind === "promql" ? [[measure.split(":")[0] ?? "", text] as const] : [],
      );
      expect(queries.map(([name]) => name)).toEqual(["errors", "latency", "own", "count"]);
      const values = await Promise.all(
        queries.map(async ([name, text]) => {
          const found = await queryPrometheus(prometheus.url, text);
          expect(found, text).toHaveLength(1);
          return [name, found[0]?.value] as const;
        }),
      );
      expect(Object.fromEntries(values)).toEqual({
        ...expected,
        latency: expect.toSatisfy((value: number) => value > 0 && value < 1),
        count: expect.toSatisfy((value: number) => value > 0),
      });
    });
  },
);

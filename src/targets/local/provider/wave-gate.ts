import { z } from "zod/mini";
import { openCluster } from "../../../cluster/client.ts";
import { findNewKills, killedMeanwhile } from "../../../cluster/kill-guard.ts";
import { systemClock } from "../../../net/clock.ts";
import { passGate } from "../../../traffic/wave-gate.ts";
import { provideCheck } from "./check-kind.ts";
import { unlessKilled } from "./unless-killed.ts";

const nullableNumber = z._default(z.nullable(z.number()), null);
const metric = z.discriminatedUnion("kind", [
  z.object({ kind: z.literal("error-ratio"), limit: nullableNumber, compare: z.boolean() }),
  z.object({ kind: z.literal("latency"), quantile: z.number(), limit: z.number(), compare: z.boolean() }),
  z.object({ kind: z.literal("ratio"), bad: z.string(), total: z.string(), limit: nullableNumber, compare: z.boolean() }),
  z.object({ kind: z.literal("value"), query: z.string(), min: nullableNumber, max: nullableNumber, failures: z.number() }),
]);
const nullableText = z._default(z.nullable(z.string()), null);

const schema = z.object({
  /** The number of the wave whose clusters are looked at. */
  wave: z.number(),
  /** Stands for everything that those clusters were given: when it changes, they are looked at anew. */
  change: z.string(),
  /** Where those clusters are. */
  clusters: z.array(z.object({ context: z.string(), kubeconfig: nullableText })),
  namespace: z.string(),
  stage: z.string(),
  /** Subjects of the kills of which the update knew as it began. */
  known: z.array(z.string()),
  edges: z.array(z.object({ name: z.string(), url: nullableText, api: nullableText })),
  probes: z.array(
    z.object({
      route: z.string(),
      visitor: z.string(),
      method: z.string(),
      path: z.string(),
      headers: z.record(z.string(), z.string()),
      expected: z.array(z.string()),
      narrower: z.array(z.string()),
    }),
  ),
  bake: z.number(),
  watches: z.array(
    z.object({
      flag: z.string(),
      sides: z.object({ withFlag: z.array(z.string()), without: z.array(z.string()) }),
      watch: z.object({ interval: z.number(), minimumRequests: z.number(), falseAlarmRate: z.number(), metrics: z.record(z.string(), metric) }),
    }),
  ),
  prometheus: nullableText,
  traefik: z._default(z.object({ stage: z.string(), matchers: nullableText, several: z.boolean() }), { stage: "", matchers: null, several: true }),
});

/** What has to hold in the clusters of one wave before those of the next change; see `src/traffic/wave-gate.ts`. */
export const waveGate = provideCheck({
  schema,
  idOf: ({ wave }) => `wave-${wave}`,
  // How long is watched, and from where, is no reason to do it again.
  matters: ({ wave, change, edges }) => ({ wave, change, edges: edges.map(({ name }) => name) }),
  check: (gate, report, signal) =>
    unlessKilled(
      () => findKilled(gate),
      (stop) => passGate(gate, systemClock, stop, report),
      systemClock,
      signal,
    ),
});

/** What was killed in a cluster of the wave since the update began, in words; null for nothing. */
async function findKilled(gate: z.output<typeof schema>): Promise<string | null> {
  const found = await Promise.all(gate.clusters.map(async (place) => findNewKills(await openCluster(place), gate)));
  const kills = found.flat();
  return kills.length === 0 ? null : killedMeanwhile(kills, gate);
}

import { formatDuration } from "../model/moment.ts";
import type { Edge } from "../model/target.ts";
import type { TraefikInPrometheus } from "../model/traefik-in-prometheus.ts";
import { keepAliveAgent } from "../net/ask.ts";
import type { Clock } from "../net/clock.ts";
import type { RouteProbe } from "../plan/route-probes.ts";
import { type Baked, type BakeEnd, bake } from "./bake.ts";
import { joinedSource } from "./metrics/joined-source.ts";
import type { MetricsSource } from "./metrics/source.ts";
import { traefikSource } from "./metrics/traefik-source.ts";
import { askRoute, type RouteAnswer } from "./probe-routes.ts";

/** What has to hold in the clusters of a wave before those of the next change. Plain data. */
export interface WaveGate {
  readonly edges: readonly Edge[];
  readonly probes: readonly RouteProbe[];
  /** How long the metrics are watched, in milliseconds; 0 for routes only. */
  readonly bake: number;
  readonly watches: readonly Baked[];
  /** Address of the Prometheus that has the metrics; null for Traefik's own. */
  readonly prometheus: string | null;
  readonly traefik: TraefikInPrometheus;
}

/** How long the routes may take to answer as planned, in milliseconds. */
const PROBE_LIMIT = 30_000;
/** Between two rounds of probes, in milliseconds. */
const PROBE_PAUSE = 250;
/** Requests on their way at once. */
const CONNECTIONS = 16;
/** How many wrong answers are told. */
const MOST_TOLD = 5;

/**
 * Asks every route of the wave's clusters as each kind of visitor, and then watches the flags' metrics.
 * @param report is told what is waited for
 * @returns what was seen, in words
 * @throws Error with what speaks against the next wave
 */
export async function passGate(gate: WaveGate, clock: Clock, signal: AbortSignal, report: (text: string) => void): Promise<string> {
  const probed = await Promise.all(gate.edges.map((edge) => probeEdge(edge, gate.probes, clock, signal, report)));
  if (gate.bake === 0 || gate.watches.length === 0) return probed.join("; ");
  report(`watching ${gate.watches.map(({ flag }) => flag).join(", ")} for ${formatDuration(gate.bake)}`);
  const source = await sourceOf(gate);
  const ends = await Promise.all(gate.watches.map((watched) => bake(watched, source, gate.bake, clock, signal)));
  return [...probed, ...requireHeld(ends, gate.bake)].join("; ");
}

async function probeEdge(
  { name, url }: Edge,
  probes: readonly RouteProbe[],
  clock: Clock,
  signal: AbortSignal,
  report: (text: string) => void,
): Promise<string> {
  if (url === null) return `${name}: its routes were not asked, the config gives no url`;
  const agent = keepAliveAgent(CONNECTIONS);
  const limit = clock.now().getTime() + PROBE_LIMIT;
  try {
    let answers: RouteAnswer[] = [];
    let due = probes;
    while (due.length > 0) {
      answers = await Promise.all(due.map((probe) => askRoute(probe, url, agent)));
      due = due.filter((_probe, index) => answers[index]?.state === "wrong");
      if (due.length === 0) break;
      const over = clock.now().getTime() >= limit;
      if (over || signal.aborted)
        throw new Error(
          wrongRoutes(
            name,
            url,
            answers.filter(({ state }) => state === "wrong"),
            signal.aborted,
          ),
        );
      report(`${name}: ${due.length} of ${probes.length} visitors are not led as planned yet`);
      await clock.wait(PROBE_PAUSE, signal);
    }
    return `${name}: ${probes.length} visitors led as planned`;
  } finally {
    agent.destroy();
  }
}

/** What the error of a gate says of routes. */
function wrongRoutes(name: string, url: string, wrong: readonly RouteAnswer[], aborted: boolean): string {
  const told = wrong.slice(0, MOST_TOLD).map(({ route, visitor, detail }) => `  ${route} as ${visitor}: ${detail}`);
  const more = wrong.length > MOST_TOLD ? [`  and ${wrong.length - MOST_TOLD} more`] : [];
  const head = `The cluster ${name} does not lead visitors as planned at ${url}${aborted ? "" : `, ${PROBE_LIMIT / 1000} s after its change`}:`;
  return [head, ...told, ...more, ...LATER_WAVES].join("\n");
}

const LATER_WAVES = ["The clusters of later waves are as they were. Go back with npx sluice rollback, or repair this one and run pulumi up again."];

/** @throws Error with every breach, or with what could not be seen */
function requireHeld(ends: readonly BakeEnd[], duration: number): string[] {
  const breaches = ends.flatMap((end) => (end.kind === "breach" ? end.why : []));
  if (breaches.length > 0)
    throw new Error(["The metrics of this wave speak against the next:", ...breaches.map((why) => `  ${why}`), ...LATER_WAVES].join("\n"));
  const blind = ends.flatMap((end) => (end.kind === "blind" ? end.why : []));
  if (blind.length > 0) {
    const head = `Nothing is known of this wave's metrics after ${formatDuration(duration)}, so the next does not start:`;
    throw new Error([head, ...blind.map((why) => `  ${why}`), ...LATER_WAVES].join("\n"));
  }
  return ends.flatMap((end) => (end.kind === "holds" ? [end.seen] : []));
}

/** Prometheus is loaded only where a stage has one. */
async function sourceOf({ edges, prometheus, traefik }: WaveGate): Promise<MetricsSource> {
  if (prometheus === null) return joinedSource(edges.map(({ name, api }) => ({ name, source: traefikSource(api ?? "") })));
  const { prometheusSource } = await import("./metrics/prometheus-source.ts");
  return prometheusSource(prometheus, traefik);
}

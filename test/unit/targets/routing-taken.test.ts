import { describe, expect, it } from "vitest";
import { parse } from "zod/v4/core";
import { type ClusterClient, type Selection } from "../../../src/cluster/client.ts";
import { ClusterError } from "../../../src/cluster/errors.ts";
import type { RunningRouting } from "../../../src/kubernetes/behind.ts";
import { traefikRouterName, traefikServiceName } from "../../../src/kubernetes/names.ts";
import { awaitRouting, changed, type RoutingTakenState } from "../../../src/targets/local/provider/routing-taken.ts";
import { standingClock } from "../../support/standing-clock.ts";

const STATE: RoutingTakenState = {
  cluster: "eu",
  context: "prod-eu",
  kubeconfig: null,
  namespace: "voice",
  stage: "production",
  api: "http://traefik.example:8080",
  versions: { "voice-api": "1" },
};
const RULE = "PathPrefix(`/voice`)";
const [SLOT, LEAF] = ["voice-api.newcomers", "voice-api--base-1"];

function objectsOf(service: string): Readonly<Record<string, readonly object[]>> {
  const metadata = (name: string): object => ({ name, labels: { "app.kubernetes.io/name": service } });
  const leaf = `${service}--base-1`;
  return {
    TraefikService: [
      {
        metadata: metadata(`${service}.newcomers`),
        spec: { weighted: { services: [{ kind: "Service", name: leaf, port: "http", middlewares: [{ name: leaf }] }] } },
      },
    ],
    IngressRoute: [{ metadata: metadata(service), spec: { routes: [{ match: RULE, services: [{ name: `${service}.newcomers` }] }] } }],
    EndpointSlice: [{ metadata: { labels: { "kubernetes.io/service-name": leaf } }, endpoints: [{ conditions: { ready: true } }] }],
  };
}

/** What a Traefik has of voice-api. @param servers of the one variant */
function running(servers: number): RunningRouting {
  const leaf = traefikServiceName("voice", LEAF, "http");
  return {
    services: [
      { name: traefikServiceName("voice", SLOT, null), status: "enabled", weighted: { services: [{ name: leaf }] } },
      { name: leaf, status: "enabled", loadBalancer: { servers: Array.from({ length: servers }, () => ({})) } },
    ],
    routers: [{ name: traefikRouterName("voice", "voice-api", RULE), status: "enabled" }],
  };
}

async function waitFor(
  traefikAt: (elapsed: number) => RunningRouting | null,
  { answers = () => true, stop = false, ...change }: Partial<RoutingTakenState> & { answers?: (elapsed: number) => boolean; stop?: boolean } = {},
) {
  const clock = standingClock();
  const told: string[] = [];
  const selections: Selection[] = [];
  const client: Pick<ClusterClient, "list"> = {
    async list({ kind }, selection, schema) {
      if (!answers(clock.elapsed())) throw new ClusterError({ kind: "unreachable" }, "The cluster prod-eu (URL) cannot be reached.");
      selections.push(selection);
      return [...(objectsOf("voice-api")[kind] ?? []), ...(objectsOf("billing-api")[kind] ?? [])].map((object) => parse(schema, object));
    },
  };
  const signal = stop ? AbortSignal.abort() : new AbortController().signal;
  const ended = awaitRouting(
    client,
    { ...STATE, ...change },
    async () => traefikAt(clock.elapsed()),
    clock,
    (text) => void told.push(text),
    signal,
  );
  const end = await ended.catch((error: unknown) => String(error));
  return { end, told: [...new Set(told)], elapsed: clock.elapsed(), labels: [...new Set(selections.map(({ labels }) => labels))] };
}

describe("waiting for a Traefik", () => {
  it("ends once it leads by the services that were changed, whatever it has of others", async () => {
    expect(await waitFor((elapsed) => (elapsed < 500 ? { services: [], routers: [] } : running(1)))).toEqual({
      end: "Traefik leads by it",
      told: ["Traefik does not lead by TraefikService voice-api.newcomers, IngressRoute voice-api yet"],
      elapsed: 500,
      labels: ["app.kubernetes.io/managed-by=sluice,sluice/stage=production,app.kubernetes.io/name in (voice-api)"],
    });
  });

  it("goes on while it has not the pods that the cluster has", async () => {
    expect((await waitFor((elapsed) => running(elapsed < 1_000 ? 0 : 1))).elapsed).toBe(1_000);
  });

  it("names what it does not lead by when its time is over, and says that nothing was taken away", async () => {
    const versions = { "voice-api": "1", "billing-api": "1" };
    const { end, elapsed } = await waitFor(() => ({ services: [], routers: [] }), { versions });
    expect(elapsed).toBe(90_000);
    expect(end).toBe(
      [
        "Error: The Traefik of cluster eu (http://traefik.example:8080) does not lead by TraefikService voice-api.newcomers, TraefikService billing-api.newcomers, IngressRoute voice-api and 1 more, 90 s after it was applied.",
        "  Nothing was taken away: what it leads to goes on serving. See in its log whether it reaches the API server and can use these objects, then run pulumi up again.",
      ].join("\n"),
    );
  });

  it("does not mind an API server that is away for a while, and says so where it stays away", async () => {
    expect(await waitFor(() => running(1), { answers: (elapsed) => elapsed >= 30_000 })).toMatchObject({ end: "Traefik leads by it", elapsed: 30_000 });
    expect((await waitFor(() => running(1), { answers: () => false })).end).toContain(
      "does not lead by what the cluster has, which does not answer, 90 s after",
    );
  });

  it("is given up where its API does not answer, and when it is asked to stop", async () => {
    expect((await waitFor(() => null)).end).toBe("Traefik's API at http://traefik.example:8080 does not answer: what it leads by was not looked at");
    expect((await waitFor(() => running(0), { stop: true })).end).toContain("does not lead by TraefikService voice-api.newcomers, and someone asked to stop.");
  });
});

describe("after a change, Traefik", () => {
  it.each<[string, Partial<RoutingTakenState>, Readonly<Record<string, string>> | null]>([
    [
      "is asked for the services whose routing was applied anew",
      { versions: { "voice-api": "2", "billing-api": "1", chat: "1" } },
      { "voice-api": "2", chat: "1" },
    ],
    ["is not asked where none was", { api: "http://elsewhere.example" }, null],
    ["is not asked for a service that is gone", { versions: { "voice-api": "1" } }, null],
    ["is asked for all in another namespace", { namespace: "voice-2" }, { "voice-api": "1", "billing-api": "1" }],
  ])("%s", (_, change, wanted) => {
    const before = { ...STATE, versions: { "voice-api": "1", "billing-api": "1" } };
    const after = { ...before, ...change };
    expect(changed(before, after)).toEqual(wanted === null ? null : { ...after, versions: wanted });
  });
});

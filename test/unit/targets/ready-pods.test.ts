import { describe, expect, it } from "vitest";
import { parse } from "zod/v4/core";
import { ClusterError } from "../../../src/cluster/errors.ts";
import { awaitPods, changed, type PodsClient, type ReadyPodsState } from "../../../src/targets/local/provider/ready-pods.ts";
import { standingClock } from "../../support/standing-clock.ts";

const STATE: ReadyPodsState = {
  cluster: "eu",
  context: "prod-eu",
  kubeconfig: null,
  namespace: "voice",
  deployment: "voice-api--base",
  least: 2,
  led: ["bucket 1"],
  services: ["voice"],
  limit: 60_000,
};
const DEPLOYMENT = { spec: { selector: { matchLabels: { "sluice/workload": "voice-api--base" } } } };
const podOf = (name: string, ready: boolean, state: object = { running: {} }): object => ({
  metadata: { name },
  spec: { containers: [{ image: "example/voice:1", readinessProbe: { httpGet: { path: "/" } } }] },
  status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }], containerStatuses: [{ ready, state }] },
});
const sliceOf = (service: string, ready: boolean): object => ({
  metadata: { labels: { "kubernetes.io/service-name": service } },
  endpoints: ready ? [{ conditions: { ready } }] : null,
});
const READY = [podOf("a", true), podOf("b", true)];

type At<T> = (elapsed: number) => T;

/** A cluster whose pods are what a moment gives, null while it does not answer; and the slices of what leads to them. */
function clusterOf(podsAt: At<readonly object[] | null>, clock: { elapsed(): number }, log: string, slicesAt: At<readonly object[]>): PodsClient {
  return {
    async get(_reference, schema) {
      if (podsAt(clock.elapsed()) === null)
        throw new ClusterError({ kind: "unreachable" }, "The cluster prod-eu (URL) cannot be reached: connect ECONNREFUSED.");
      return parse(schema, DEPLOYMENT);
    },
    async list({ kind }, _selection, schema) {
      const objects = kind === "Pod" ? podsAt(clock.elapsed()) : slicesAt(clock.elapsed());
      return (objects ?? []).map((object) => parse(schema, object));
    },
    logs: async () => log,
  };
}

const FOUND: At<readonly object[]> = () => [sliceOf("voice", true)];

async function waitFor(podsAt: At<readonly object[] | null>, log = "", signal = new AbortController().signal, slicesAt = FOUND, state = STATE) {
  const clock = standingClock();
  const told: string[] = [];
  const end = await awaitPods(clusterOf(podsAt, clock, log, slicesAt), state, clock, (text) => void told.push(text), signal).catch((error: unknown) =>
    String(error),
  );
  return { end, told: [...new Set(told)], elapsed: clock.elapsed() };
}

describe("waiting for pods", () => {
  it("ends as soon as there are enough, and tells how far it is", async () => {
    expect(await waitFor((elapsed) => (elapsed < 1_000 ? [podOf("a", true), podOf("b", false)] : READY))).toEqual({
      end: "2 pods are ready",
      told: ["1 of 2 pods are ready", "2 pods are ready"],
      elapsed: 1_000,
    });
  });

  it.each([429, 500, 503])("does not mind an API server that answers with status %i for a while", async (code) => {
    const refused = new ClusterError({ kind: "refused", status: code }, "The cluster prod-eu (URL) refuses to get deployments.apps: busy");
    const { end, elapsed } = await waitFor((time) => {
      if (time < 30_000) throw refused;
      return READY;
    });
    expect([end, elapsed]).toEqual(["2 pods are ready", 30_000]);
  });

  it("ends at once where the API server will never answer it", async () => {
    const { end, elapsed } = await waitFor(() => {
      throw new ClusterError({ kind: "refused", status: 400 }, "The cluster prod-eu (URL) refuses to get deployments.apps: no");
    });
    expect([end, elapsed]).toEqual(["ClusterError: The cluster prod-eu (URL) refuses to get deployments.apps: no", 0]);
  });

  it("does not mind an API server that is away for a while", async () => {
    const { end, elapsed } = await waitFor((elapsed) => (elapsed < 30_000 ? null : READY));
    expect([end, elapsed]).toEqual(["2 pods are ready", 30_000]);
  });

  it("ends where the API server stays away, and says what stands", async () => {
    expect((await waitFor(() => null)).end).toBe(
      [
        "Error: The cluster eu stopped answering while voice-api--base was waited for, and did not come back within 1m: The cluster prod-eu (URL) cannot be reached: connect ECONNREFUSED.",
        "  No visitor was led to it; Traefik leads by what it has read. Once the cluster answers, run pulumi up again.",
      ].join("\n"),
    );
  });

  it("gives up early what waiting does not cure, with the last words of the pod", async () => {
    const crashing = { ...podOf("a", false), status: { containerStatuses: [{ restartCount: 3, state: { waiting: { reason: "CrashLoopBackOff" } } }] } };
    const { end, elapsed } = await waitFor(() => [crashing], "listening\nno database\n");
    expect(elapsed).toBe(5_000);
    expect(end).toBe(
      [
        "Error: voice-api--base of cluster eu cannot take visitors: its process ends again and again (3 times in pod a)",
        "  its last words:",
        "    listening",
        "    no database",
        "  See why it ends. More is said by: kubectl --context prod-eu --namespace voice describe pods --selector sluice/workload=voice-api--base",
        "  No visitor was led to it; what served before goes on serving.",
      ].join("\n"),
    );
  });

  it("goes on where what seemed incurable was cured at once", async () => {
    const { end } = await waitFor((elapsed) => (elapsed < 2_000 ? [podOf("a", false, { waiting: { reason: "ErrImagePull" } })] : READY));
    expect(end).toBe("2 pods are ready");
  });

  it("names the probe that does not succeed when its time is over", async () => {
    const { end, elapsed } = await waitFor(() => [podOf("a", true), podOf("b", false)]);
    expect(elapsed).toBe(60_000);
    expect(end).toContain("1 of 2 pods are ready after 1m: pod b runs, and its readiness probe of / does not succeed");
  });

  it("ends when it is asked to", async () => {
    const { end } = await waitFor(() => [], "", AbortSignal.abort());
    expect(end).toBe("Error: voice-api--base of cluster eu was waited for until someone asked to stop; no visitor is led there.");
  });

  it("goes on until the cluster has found them behind their Service, from which Traefik knows them", async () => {
    const late: At<readonly object[]> = (elapsed) => (elapsed < 500 ? [] : [sliceOf("voice", elapsed >= 1_000)]);
    expect(await waitFor(() => READY, "", new AbortController().signal, late)).toEqual({
      end: "2 pods are ready",
      told: ["the cluster has not found the pods of Service voice yet", "2 pods are ready"],
      elapsed: 1_000,
    });
    const { elapsed } = await waitFor(() => [podOf("a", false)], "", new AbortController().signal, late, { ...STATE, least: 0 });
    expect(elapsed).toBe(500);
  });
});

describe("after a change, pods", () => {
  const before = { ...STATE, led: ["bucket 1", "bucket 2"], least: 3 };
  it.each([
    ["others are led to as well are looked at", { led: ["bucket 1", "bucket 2", "bucket 3"] }, {}],
    ["others are led to, and some no more, are looked at", { led: ["bucket 3"], least: 1 }, {}],
    ["of which more are needed are looked at", { least: 4 }, {}],
    ["of another cluster are looked at", { context: "prod-us" }, {}],
    ["that lose visitors are not looked at", { led: ["bucket 1"] }, null],
    ["that lose all of them are not looked at, however many are asked for", { led: [], least: 9 }, null],
    ["of which fewer are needed are not looked at", { least: 2 }, null],
    [
      "that another Service leads to need not be ready for it, only found",
      { led: ["bucket 1"], services: ["voice", "more"] },
      { least: 0, services: ["more"] },
    ],
  ])("%s", (_, change, wanted) => {
    const after = { ...before, ...change };
    expect(changed(before, after)).toEqual(wanted === null ? null : { ...after, ...wanted });
  });
});

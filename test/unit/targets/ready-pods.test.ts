import { describe, expect, it } from "vitest";
import { parse } from "zod/v4/core";
import { ClusterError } from "../../../src/cluster/errors.ts";
import { awaitPods, type PodsClient, type ReadyPodsState } from "../../../src/targets/local/provider/ready-pods.ts";
import { standingClock } from "../../support/standing-clock.ts";

const STATE: ReadyPodsState = {
  cluster: "eu",
  context: "prod-eu",
  kubeconfig: null,
  namespace: "voice",
  deployment: "voice-api--base",
  least: 2,
  led: "",
  limit: 60_000,
};
const DEPLOYMENT = { spec: { selector: { matchLabels: { "sluice/workload": "voice-api--base" } } } };
const podOf = (name: string, ready: boolean, state: object = { running: {} }): object => ({
  metadata: { name },
  spec: { containers: [{ image: "example/voice:1", readinessProbe: { httpGet: { path: "/" } } }] },
  status: { conditions: [{ type: "Ready", status: ready ? "True" : "False" }], containerStatuses: [{ ready, state }] },
});
const READY = [podOf("a", true), podOf("b", true)];

/** A cluster whose pods are what a moment gives; null while it does not answer. */
function clusterOf(podsAt: (elapsed: number) => readonly object[] | null, clock: { elapsed(): number }, log = ""): PodsClient {
  return {
    async get(_reference, schema) {
      if (podsAt(clock.elapsed()) === null)
        throw new ClusterError({ kind: "unreachable" }, "The cluster prod-eu (URL) cannot be reached: connect ECONNREFUSED.");
      return parse(schema, DEPLOYMENT);
    },
    async list(_kind, _selection, schema) {
      return (podsAt(clock.elapsed()) ?? []).map((pod) => parse(schema, pod));
    },
    logs: async () => log,
  };
}

async function waitFor(podsAt: (elapsed: number) => readonly object[] | null, log = "", signal = new AbortController().signal) {
  const clock = standingClock();
  const told: string[] = [];
  const end = await awaitPods(clusterOf(podsAt, clock, log), STATE, clock, (text) => void told.push(text), signal).catch((error: unknown) => String(error));
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
});

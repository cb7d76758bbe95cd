import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { ClusterError } from "../../../src/cluster/errors.ts";
import { guardKills, takeUpKills } from "../../../src/cluster/kill-guard.ts";
import { editClusterKills, readClusterKills } from "../../../src/cluster/standing-kills.ts";
import { adding, type StandingKill } from "../../../src/files/standing-kills.ts";
import { takeOffInCluster } from "../../../src/operations/kubernetes/take-off.ts";
import { type MemoryCluster, memoryCluster } from "../../support/memory-cluster.ts";

const HOME = { namespace: "voice", stage: "production" };
const KILL: StandingKill = { subject: "A", flags: ["A"], routes: ["A/only"] };
const OTHER: StandingKill = { subject: "B", flags: ["B"], routes: [] };
const OPTIONS = { wait: false };
const atOnce = (): Promise<void> => Promise.resolve();
const metadata = (name: string, annotations: Readonly<Record<string, string>> = {}) => ({ name, namespace: "voice", labels: {}, annotations });
const child = (leaf: string): object => ({ kind: "Service", name: leaf, port: "http", weight: 1, middlewares: [{ name: leaf }] });
const slot = (name: string, leaf: string) => ({
  apiVersion: "traefik.io/v1alpha1",
  kind: "TraefikService",
  metadata: metadata(name),
  spec: { weighted: { services: [child(leaf)] } },
});
const route = { apiVersion: "traefik.io/v1alpha1", kind: "IngressRoute", metadata: metadata("s.a.only"), spec: { routes: [{ match: "Path(`/a`)" }] } };
const SLOTS = ["s.bucket-1", "s.bucket-2"];

/** A service with a variant that has the flag and one that has not, to which everyone is led. */
function stage(): MemoryCluster {
  const cluster = memoryCluster();
  const leaf = (name: string, flags: string) => ({ apiVersion: "v1", kind: "Service", metadata: metadata(name, { "sluice/flags": flags }) });
  for (const one of [leaf("s--a", "A"), leaf("s--base", ""), ...SLOTS.map((name) => slot(name, "s--base"))]) cluster.write(one);
  return cluster;
}

/** The variants that visitors are led to, and whether the flag's route is there. */
function led(cluster: MemoryCluster): readonly unknown[] {
  const text = (name: string): string => (JSON.stringify(cluster.read("TraefikService", name)).includes('"s--a"') ? "on" : "off");
  return [...SLOTS.map(text), cluster.read("IngressRoute", "s.a.only") === undefined ? "no route" : "route"];
}

describe("an update under a guard", () => {
  it("leads nobody to what was killed meanwhile, in whatever order the two act", async () => {
    await fc.assert(
      fc.asyncProperty(fc.scheduler(), async (scheduler) => {
        const cluster = stage();
        const turn = (): Promise<unknown> => scheduler.schedule(Promise.resolve());
        const guard = guardKills(cluster.client(turn), { ...HOME, known: [] }, OPTIONS);
        const writes = [...SLOTS.map((name) => slot(name, "s--a")), route].map(async (object) => {
          await guard.before();
          await turn();
          cluster.write(object);
          await guard.after();
        });
        const all = Promise.allSettled([takeOffInCluster(cluster.client(turn), HOME, KILL, OPTIONS), ...writes]);
        await scheduler.waitFor(all);
        const [kill] = await all;
        expect(kill.status).toBe("fulfilled");
        expect(led(cluster)).toEqual(["off", "off", "no route"]);
      }),
      { numRuns: 300 },
    );
  });

  it("goes on where nothing was killed, or only what it knows", async () => {
    const cluster = stage();
    const client = cluster.client(atOnce);
    await editClusterKills(client, HOME, adding(OTHER));
    const guard = guardKills(client, { ...HOME, known: ["B"] }, OPTIONS);
    await guard.before();
    cluster.write(slot("s.bucket-1", "s--a"));
    await guard.after();
    expect(led(cluster)[0]).toBe("on");
  });

  it("ends before it writes, and says what was killed and how that is ended", async () => {
    const client = stage().client(atOnce);
    await editClusterKills(client, HOME, (kills) => adding(OTHER)(adding(KILL)(kills)));
    await expect(guardKills(client, { ...HOME, known: [] }, OPTIONS).before()).rejects.toThrow(
      "A, B were killed after this update had begun, and stay off: the update leads nobody on by its plan. Run it again; to end the kill: npx sluice revive A --stage production --reason <why>",
    );
  });
});

it("an update takes up the kills that its config has, leaves others standing, and takes off what an engine that died brought back", async () => {
  const cluster = stage();
  const client = cluster.client(atOnce);
  const route: StandingKill = { subject: "A/only", flags: [], routes: ["A/only"] };
  await editClusterKills(client, HOME, () => [KILL, route, OTHER]);
  cluster.write(slot("s.bucket-1", "s--a"));
  await takeUpKills(client, HOME, ["A"], OPTIONS);
  expect(await readClusterKills(client, "voice")).toEqual([OTHER]);
  expect(led(cluster)).toEqual(["off", "off", "no route"]);
  await takeUpKills(client, HOME, ["A", "B"], OPTIONS);
  expect(await readClusterKills(client, "voice")).toEqual([]);
});

it("a kill takes off what a busy API server left out at first", async () => {
  const cluster = stage();
  for (const name of SLOTS) cluster.write(slot(name, "s--a"));
  const client = cluster.client(atOnce);
  let busy = 2;
  const flaky: typeof client = {
    ...client,
    async apply(manifest, options) {
      if (manifest.metadata.name === SLOTS[1] && busy > 0) {
        busy -= 1;
        throw new ClusterError({ kind: "refused", status: 429 }, "too many requests");
      }
      await client.apply(manifest, options);
    },
  };
  expect(await takeOffInCluster(flaky, HOME, KILL, OPTIONS)).toMatchObject({ left: null });
  expect(led(cluster).slice(0, 2)).toEqual(["off", "off"]);
});

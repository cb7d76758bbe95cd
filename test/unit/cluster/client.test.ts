import { chmod, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { openCluster } from "../../../src/cluster/client.ts";
import { ClusterError } from "../../../src/cluster/errors.ts";
import { readAccess } from "../../../src/cluster/kubeconfig.ts";
import { type Answer, type AnsweringApi, type Asked, startAnsweringApi } from "../../support/answering-api.ts";

const SLOT = { apiVersion: "traefik.io/v1alpha1", kind: "TraefikService", namespace: "voice", name: "voice-api.newcomers" };
const MANIFEST = { apiVersion: SLOT.apiVersion, kind: SLOT.kind, metadata: { name: SLOT.name, namespace: SLOT.namespace }, spec: {} };
const named = z.object({ metadata: z.object({ name: z.string() }) });
const status = (code: number, reason: string, message: string, details: object = {}): Answer => ({
  status: code,
  body: { kind: "Status", code, reason, message, details },
});

let api: AnsweringApi;
afterEach(async () => {
  vi.unstubAllEnvs();
  await api.stop();
});
const answering = async (answer: (asked: Asked) => Answer): Promise<void> => {
  api = await startAnsweringApi(answer);
};
const failureOf = async (work: Promise<unknown>): Promise<ClusterError> => {
  const error: unknown = await work.then(
    () => null,
    (reason: unknown) => reason,
  );
  if (error instanceof ClusterError) return error;
  throw new Error(`no ClusterError: ${String(error)}`);
};

describe("a refusal of the API server", () => {
  it.each<[string, Answer, object, string]>([
    [
      "of the credentials",
      status(401, "Unauthorized", "Unauthorized"),
      { kind: "unauthorized" },
      "The cluster prod-eu (URL) does not accept the credentials of its context: log in to it anew.",
    ],
    [
      "of a right",
      status(
        403,
        "Forbidden",
        'traefikservices.traefik.io "voice-api.newcomers" is forbidden: User "me" cannot patch resource "traefikservices" in API group "traefik.io" in the namespace "voice"',
      ),
      { kind: "forbidden", verb: "patch", resource: "traefikservices.traefik.io", namespace: "voice" },
      "The cluster prod-eu (URL) does not let us patch traefikservices.traefik.io voice-api.newcomers in namespace voice. Ask for that right; to see whether it is there: kubectl --context prod-eu auth can-i patch traefikservices.traefik.io --namespace voice",
    ],
    [
      "of a quota",
      status(403, "Forbidden", 'pods "a" is forbidden: exceeded quota: small'),
      { kind: "refused", status: 403 },
      'The cluster prod-eu (URL) refuses to patch traefikservices.traefik.io voice-api.newcomers in namespace voice: pods "a" is forbidden: exceeded quota: small',
    ],
    [
      "of what is not there",
      status(404, "NotFound", "not found", { name: "voice-api.newcomers" }),
      { kind: "not-found" },
      "The cluster prod-eu (URL) has no traefikservices.traefik.io voice-api.newcomers in namespace voice.",
    ],
    [
      "of a kind that it has not",
      status(404, "NotFound", "the server could not find the requested resource"),
      { kind: "kind-missing" },
      "The cluster prod-eu (URL) knows no traefikservices.traefik.io: their definition is not installed there.",
    ],
    [
      "of fields of others",
      status(409, "Conflict", "Apply failed with 2 conflicts", {
        causes: [
          { reason: "FieldManagerConflict", message: 'conflict with "kubectl-edit" using traefik.io/v1alpha1', field: ".spec.weighted" },
          { reason: "FieldManagerConflict", message: 'conflict with "argocd" using traefik.io/v1alpha1', field: ".metadata.labels.a" },
        ],
      }),
      { kind: "conflict", managers: ["argocd", "kubectl-edit"], fields: [".metadata.labels.a", ".spec.weighted"] },
      "argocd and kubectl-edit set .metadata.labels.a, .spec.weighted of traefikservices.traefik.io voice-api.newcomers in namespace voice, of cluster prod-eu (URL); they are not taken over.",
    ],
    [
      "of a version",
      status(409, "Conflict", "the object has been modified"),
      { kind: "outdated" },
      "Someone else changed traefikservices.traefik.io voice-api.newcomers in namespace voice of cluster prod-eu (URL) at the same time. Run it again.",
    ],
    [
      "of a second one",
      status(409, "AlreadyExists", "exists"),
      { kind: "exists" },
      "The cluster prod-eu (URL) has traefikservices.traefik.io voice-api.newcomers in namespace voice already.",
    ],
    [
      "for itself",
      { status: 503, body: "not a status" },
      { kind: "refused", status: 503 },
      'The cluster prod-eu (URL) refuses to patch traefikservices.traefik.io voice-api.newcomers in namespace voice: "not a status"',
    ],
  ])("%s is told by its kind, in words", async (_name, answer, problem, message) => {
    await answering(() => answer);
    const client = await api.open();
    const error = await failureOf(client.apply(MANIFEST, { manager: "sluice", force: false }));
    expect(error.problem).toEqual(problem);
    expect(error.message.replace(api.url, "URL")).toBe(message);
  });
});

describe("an API server out of reach", () => {
  it("is told where nothing listens", async () => {
    await answering(() => null);
    const client = await api.open();
    await api.stop();
    const error = await failureOf(client.get(SLOT, named));
    expect(error.problem).toEqual({ kind: "unreachable" });
    expect(error.message).toMatch(/^The cluster prod-eu \(http:\/\/127\.0\.0\.1:\d+\) cannot be reached: connect ECONNREFUSED 127\.0\.0\.1:\d+\.$/);
  });

  it("is told after five seconds where nothing answers", async () => {
    await answering(() => null);
    const client = await api.open();
    const started = performance.now();
    const error = await failureOf(client.get(SLOT, named));
    expect(error.message.replace(api.url, "URL")).toBe("The cluster prod-eu (URL) cannot be reached: no answer within 5 s.");
    expect(performance.now() - started).toBeLessThan(5_500);
  }, 10_000);
});

describe("a client", () => {
  it("lists page by page, by label", async () => {
    await answering(({ url }) =>
      url.includes("continue=more")
        ? { status: 200, body: { metadata: {}, items: [{ metadata: { name: "b" } }] } }
        : { status: 200, body: { metadata: { continue: "more" }, items: [{ metadata: { name: "a" } }] } },
    );
    const found = await (await api.open()).list(SLOT, { namespace: "voice", labels: "a=b" }, named);
    expect(found.map(({ metadata }) => metadata.name)).toEqual(["a", "b"]);
    expect(api.asked.map(({ url }) => url)).toEqual([
      "/apis/traefik.io/v1alpha1/namespaces/voice/traefikservices?limit=500&labelSelector=a%3Db",
      "/apis/traefik.io/v1alpha1/namespaces/voice/traefikservices?limit=500&labelSelector=a%3Db&continue=more",
    ]);
  });

  it("applies as a field manager, and checks every field", async () => {
    await answering(() => ({ status: 200, body: {} }));
    await (await api.open()).apply(MANIFEST, { manager: "sluice", force: true });
    expect(api.asked[0]).toMatchObject({
      method: "PATCH",
      url: "/apis/traefik.io/v1alpha1/namespaces/voice/traefikservices/voice-api.newcomers?fieldManager=sluice&force=true&fieldValidation=Strict",
      headers: { "content-type": "application/apply-patch+yaml", authorization: "Bearer t0ken" },
      body: JSON.stringify(MANIFEST),
    });
  });

  it("finds nothing where there is nothing, and deletes nothing twice", async () => {
    await answering(() => status(404, "NotFound", "not found", { name: SLOT.name }));
    const client = await api.open();
    expect([await client.find(SLOT, named), await client.delete(SLOT, null)]).toEqual([null, false]);
  });

  it("asks once how a kind is named that it does not know", async () => {
    await answering(({ url }) =>
      url === "/apis/batch/v1"
        ? {
            status: 200,
            body: {
              resources: [
                { name: "jobs", kind: "Job", namespaced: true },
                { name: "jobs/status", kind: "Job", namespaced: true },
              ],
            },
          }
        : { status: 200, body: { metadata: { name: "j" } } },
    );
    const client = await api.open();
    const job = { apiVersion: "batch/v1", kind: "Job", namespace: "voice", name: "j" };
    await client.get(job, named);
    await client.get(job, named);
    expect(api.asked.map(({ url }) => url)).toEqual(["/apis/batch/v1", "/apis/batch/v1/namespaces/voice/jobs/j", "/apis/batch/v1/namespaces/voice/jobs/j"]);
    expect((await failureOf(client.get({ ...job, kind: "Jb" }, named))).problem).toEqual({ kind: "kind-missing" });
  });

  it("asks whether it may", async () => {
    await answering(() => ({ status: 201, body: { status: { allowed: false } } }));
    expect(await (await api.open()).may({ verb: "delete", apiVersion: SLOT.apiVersion, kind: "IngressRoute", namespace: "voice" })).toBe(false);
    expect(JSON.parse(api.asked[0]?.body ?? "")).toMatchObject({
      spec: { resourceAttributes: { verb: "delete", group: "traefik.io", resource: "ingressroutes", namespace: "voice" } },
    });
  });

  it("does not take an answer of another form", async () => {
    await answering(() => ({ status: 200, body: { metadata: {} } }));
    expect((await failureOf((await api.open()).get(SLOT, named))).message).toContain("answers for TraefikService voice-api.newcomers in another form");
  });
});

describe("the credentials of a context", () => {
  const sent = async (user: object): Promise<Record<string, unknown>> => {
    await answering(() => ({ status: 200, body: { metadata: { name: "x" } } }));
    await (await api.open(user)).get(SLOT, named);
    return { ...api.asked[0]?.headers };
  };

  it("are a name and a password, and whom one acts as", async () => {
    expect(await sent({ username: "me", password: "p", as: "robot", "as-groups": ["a", "b"] })).toMatchObject({
      authorization: `Basic ${Buffer.from("me:p").toString("base64")}`,
      "impersonate-user": "robot",
      "impersonate-group": "a, b",
    });
  });

  it("are what a plugin gives, which is told of whom it is asked", async () => {
    await answering(() => ({ status: 200, body: { metadata: { name: "x" } } }));
    const path = join(api.folder, "plugin.sh");
    await writeFile(path, '#!/bin/sh\nprintf %s "$KUBERNETES_EXEC_INFO" > "$(dirname "$0")/info"\necho "{\\"status\\": {\\"token\\": \\"from-$1-$WHO\\"}}"\n');
    await chmod(path, 0o755);
    const exec = { apiVersion: "client.authentication.k8s.io/v1", command: "./plugin.sh", args: ["plugin"], env: [{ name: "WHO", value: "me" }] };
    await (await api.open({ exec })).get(SLOT, named);
    expect(api.asked[0]?.headers.authorization).toBe("Bearer from-plugin-me");
  });

  it("cannot be had from a plugin that fails", async () => {
    await answering(() => null);
    const error = await failureOf(api.open({ exec: { apiVersion: "v1", command: "sh", args: ["-c", "echo log in first >&2; exit 1"] } }));
    expect(error.problem).toEqual({ kind: "unauthorized" });
    expect(error.message).toBe("sh gives no credentials for the context prod-eu: log in first.");
  });

  it("are those of the client of Kubernetes where it knows how to get them", async () => {
    await answering(() => ({ status: 200, body: { metadata: { name: "x" } } }));
    const tokenFile = join(api.folder, "token");
    await writeFile(tokenFile, "from-the-client");
    const client = await api.open({ "auth-provider": { name: "tokenFile", config: { tokenFile } } }, { "insecure-skip-tls-verify": true });
    expect(await client.get(SLOT, named)).toEqual({ metadata: { name: "x" } });
    expect(api.asked[0]?.headers.authorization).toBe("Bearer from-the-client");
  });
});

describe("a kubeconfig", () => {
  it("without the context names those that it has", async () => {
    await answering(() => null);
    await api.open();
    const path = join(api.folder, "kubeconfig");
    const error = await failureOf(openCluster({ kubeconfig: path, context: "prod" }));
    expect(error.problem).toEqual({ kind: "context-missing", known: ["prod-eu"] });
    expect(error.message).toBe(`There is no context prod in ${path}; there is prod-eu.`);
  });

  it("that is missing, or is none, is told", async () => {
    await answering(() => null);
    const path = join(api.folder, "none");
    const missing = await failureOf(openCluster({ kubeconfig: path, context: "prod" }));
    expect(missing.message).toBe(`There is no kubeconfig at ${path}. Name one in the stage's config (kubernetes.clusters), or in KUBECONFIG.`);
    await writeFile(path, "clusters: 5\n");
    expect((await failureOf(openCluster({ kubeconfig: path, context: "prod" }))).message).toMatch(/^\/.*none is no kubeconfig, at clusters: /);
  });

  it("in several files gives the first entry, with paths from its own folder", async () => {
    await answering(() => null);
    const [first, second] = [join(api.folder, "first"), join(api.folder, "second")];
    await writeFile(first, "contexts: [{name: a, context: {cluster: c, user: u}}]\n");
    await writeFile(
      second,
      "clusters: [{name: c, cluster: {server: 'https://x', certificate-authority: ca.crt}}]\nusers: [{name: u, user: {client-key: /abs/key}}]\n",
    );
    vi.stubEnv("KUBECONFIG", `${join(api.folder, "gone")}:${first}:${second}`);
    expect(await readAccess(null, "a")).toEqual({
      context: "a",
      cluster: { server: "https://x", "certificate-authority": join(api.folder, "ca.crt") },
      user: { "client-key": "/abs/key" },
      folder: api.folder,
    });
  });
});

import { readdir, readFile, rm, writeFile } from "node:fs/promises";
import { join, relative } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { type Cluster, type KubectlRun, startCluster } from "../support/cluster/cluster.ts";
import { installTraefikDefinitions } from "../support/cluster/definitions.ts";
import { whyNoCluster } from "../support/cluster/missing-programs.ts";
import { namespace } from "../support/cluster/objects.ts";
import { editStage, moveToCluster } from "../support/cluster/stage.ts";
import { makeProject, type TestProject } from "../support/project.ts";

const reason = await whyNoCluster();
const NAMESPACE = "voice-files";
const SLOT = `traefik.io_v1alpha1-traefikservice-${NAMESPACE}-voice-api`;

/** Everything of a service that has a place in a file. */
const FULL = {
  image: "registry.example/service:1",
  command: ["/serve"],
  args: ["--json"],
  replicas: 2,
  autoscaling: { maxReplicas: 4 },
  resources: { requests: { cpu: "250m", memory: "128Mi" }, limits: { memory: "256Mi" } },
  env: { ZONE: "a", LOG_LEVEL: "info" },
  imagePullSecrets: ["registry"],
};

describe.skipIf(reason !== null)(`rendered files${reason === null ? "" : ` (${reason})`}`, () => {
  let cluster: Cluster;
  let project: TestProject;
  beforeAll(async () => {
    cluster = await startCluster({ traefik: null });
    await installTraefikDefinitions(cluster.api);
    await cluster.apply(namespace(NAMESPACE));
    project = await makeProject();
    await project.pulumi(["stack", "init", "dev"]);
  });
  afterAll(async () => {
    await project.remove();
    await cluster.close();
  });

  /** Renders the stage. @returns the text of each file, by its path in the folder */
  async function render(output: string, exposure: number): Promise<ReadonlyMap<string, string>> {
    // No cluster is needed, so none is there: neither context nor kubeconfig leads anywhere.
    const nowhere = { ...cluster, name: "nowhere", kubeconfig: "/nowhere/kubeconfig" };
    const services = { "voice-api": FULL, "billing-api": { image: "registry.example/service:1" } };
    await moveToCluster(project.root, "dev", nowhere, NAMESPACE, { output, services });
    await editStage(project.root, "dev", { "sluice:flags": { AGENT_ENABLED: exposure } });
    const { code, output: said } = await project.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(code, said).toBe(0);
    return filesIn(join(project.root, output));
  }

  /** Forgets the stage, so that the next render is of a new one. */
  async function forget(): Promise<void> {
    for (const args of [
      ["stack", "rm", "dev", "--force", "--yes", "--preserve-config"],
      ["stack", "init", "dev"],
    ]) {
      const { code, output } = await project.pulumi(args);
      expect(code, output).toBe(0);
    }
  }

  const check = (path: string): Promise<KubectlRun> =>
    cluster.kubectl(["apply", "--dry-run=server", "--validate=strict", "-R", "-f", join(project.root, path)]);

  it("are taken by a real API server as they are, one object each", async () => {
    const files = await render("first", 25);
    const { code, stdout, stderr } = await check("first");
    expect({ code, stderr }).toEqual({ code: 0, stderr: "" });
    const kinds = [...files.values()].map((text) => `${parse(text).kind}`);
    const taken = stdout.trim().split("\n");
    expect(taken).toHaveLength(files.size);
    expect(taken.filter((line) => !line.endsWith(" created (server dry run)"))).toEqual([]);
    expect([...new Set(kinds)].sort()).toEqual([
      ...["ConfigMap", "Deployment", "HorizontalPodAutoscaler", "IngressRoute", "Middleware", "NetworkPolicy"],
      ...["PodDisruptionBudget", "Service", "ServiceAccount", "TraefikService"],
    ]);
  });

  it.each([
    ["a Deployment", `apps_v1-deployment-${NAMESPACE}-voice-api--base-`, "spec.replica"],
    ["Traefik's own", `${SLOT}.newcomers`, "spec.weights"],
  ])("would be refused with a field that nobody knows: %s", async (_title, start, field) => {
    const [path, text] = [...(await filesIn(join(project.root, "first")))].find(([name]) => name.includes(`/${start}`)) ?? ["", ""];
    const object = parse(text);
    const [, key = ""] = field.split(".");
    await writeFile(join(project.root, "spoilt.yaml"), stringify({ ...object, spec: { ...object.spec, [key]: 2 } }));
    const { code, stderr } = await check("spoilt.yaml");
    expect([path === "", code]).toEqual([false, 1]);
    expect(stderr).toContain(`unknown field "${field}"`);
  });

  it("are the same to the byte for the same stage, wherever and whenever they are rendered", async () => {
    const first = await filesIn(join(project.root, "first"));
    await forget();
    expect([...(await render("second", 25))]).toEqual([...first]);
  });

  it("change where an exposure does, and nowhere else, into those of a new render", async () => {
    const before = await filesIn(join(project.root, "second"));
    const after = await render("second", 50);
    expect([...after.keys()]).toEqual([...before.keys()]);
    const changed = [...after].filter(([path, text]) => before.get(path) !== text);
    expect(changed.map(([path]) => path)).toEqual([
      `main/1-manifest/${SLOT.replace("voice-api", "billing-api")}.bucket-4.yaml`,
      `main/1-manifest/${SLOT}.bucket-4.yaml`,
      `main/1-manifest/v1-configmap-${NAMESPACE}-sluice-flagd.yaml`,
    ]);
    // What a person reviews: one line where visitors go, one by which way, one by what they are told.
    const slot = `main/1-manifest/${SLOT}.bucket-4.yaml`;
    const lines = (text = ""): string[] => text.split("\n");
    expect(lines(after.get(slot)).filter((line) => !lines(before.get(slot)).includes(line))).toHaveLength(2);
    await forget();
    expect([...(await render("third", 50))]).toEqual([...after]);
  });

  it("are rendered anew by a destroy and an update where some are lost and others spoilt", async () => {
    const before = await filesIn(join(project.root, "third"));
    const [lost = "", spoilt = ""] = before.keys();
    await rm(join(project.root, "third", lost));
    await writeFile(join(project.root, "third", spoilt), "spoilt");
    const { code, output } = await project.pulumi(["destroy", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(code, output).toBe(0);
    expect([...(await render("third", 50))]).toEqual([...before]);
    await rm(join(project.root, "third"), { recursive: true });
    const again = await project.pulumi(["destroy", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(again.code, again.output).toBe(0);
    expect([...(await render("third", 50))]).toEqual([...before]);
  });

  it("go with what they are of", async () => {
    const off = await render("third", 0);
    expect([...off.keys()].filter((path) => /agent-enabled|bucket-/.test(path))).toEqual([]);
    expect((await check("third")).code).toBe(0);
    await forget();
    expect([...(await render("fourth", 0))]).toEqual([...off]);
  });
});

/** By path, sorted. */
async function filesIn(folder: string): Promise<ReadonlyMap<string, string>> {
  const entries = await readdir(folder, { recursive: true, withFileTypes: true });
  const paths = entries.filter((entry) => entry.isFile()).map((entry) => join(entry.parentPath, entry.name));
  return new Map(await Promise.all(paths.sort().map(async (path) => [relative(folder, path), await readFile(path, "utf8")] as const)));
}

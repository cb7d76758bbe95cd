import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { z } from "zod";
import { planRollout } from "../../src/plan/plan.ts";
import { stageRecord } from "../../src/plan/stage-record.ts";
import { secret } from "../../src/pulumi.ts";
import { DockerStage } from "../../src/targets/docker/docker-stage.ts";
import { dockerInput } from "../support/docker/input.ts";
import { modelFrom } from "../support/model.ts";
import { type Recorded, recordResources } from "../support/recorded-resources.ts";
import { until } from "../support/wait.ts";

const PASSWORD = "correct-horse-battery";
let registered: readonly Recorded[];

async function deploy(settings: Record<string, unknown>, docker: Record<string, unknown> = dockerInput()): Promise<void> {
  registered = await recordResources("shop", (type, name, inputs) =>
    type === "docker:index/remoteImage:RemoteImage" ? { ...inputs, imageId: `sha256:id of ${name}` } : inputs,
  );
  const { catalog, settings: stage } = modelFrom({ target: "docker", docker, ...settings });
  const plan = planRollout(catalog, stage);
  if (stage.target.kind !== "docker") throw new Error(`the target is ${stage.target.kind}`);
  new DockerStage("dev", {
    plan,
    catalog,
    settings: stage,
    target: stage.target,
    record: stageRecord(plan, stage),
    monitoring: null,
    testerSecret: null,
    registryPasswords: secret<Record<string, string>>({ "ghcr.io": PASSWORD }),
    root: "/project",
  });
  await until("the record is registered", () => registered.some((resource) => resource.name === "stage.json"));
}

function byName(name: string): Record<string, unknown> {
  return registered.find((resource) => resource.name === name)?.inputs ?? {};
}

function container(part: string): Recorded {
  const found = registered.find(({ type, name }) => type === "docker:index/container:Container" && name.includes(part));
  if (found === undefined) throw new Error(`no container ${part}`);
  return found;
}

const networks = z.tuple([z.looseObject({ aliases: z.tuple([z.string()]) })]);
const aliasIn = (value: unknown): string => networks.parse(value)[0].aliases[0];

describe("a stage on Docker", () => {
  it("is these resources and no others", async () => {
    await deploy({ flags: { AGENT_ENABLED: 25 } });
    expect(registered.map(({ type, name }) => `${type} ${name.replace(/-[0-9a-f]{8}-/, "-HASH-")}`).sort()).toEqual([
      "docker:index/container:Container shop-dev-billing-api-HASH-1",
      "docker:index/container:Container shop-dev-voice-api--agent-enabled-HASH-1",
      "docker:index/container:Container shop-dev-voice-api--base-HASH-1",
      "docker:index/container:Container traefik",
      "docker:index/network:Network network",
      `docker:index/remoteImage:RemoteImage billing@sha256:${"0".repeat(64)}`,
      "docker:index/remoteImage:RemoteImage traefik:v3.7.13",
      "docker:index/remoteImage:RemoteImage voice:1",
      "pulumi:providers:docker engine",
      "sluice-local:index:FlagdFile flagd.json",
      "sluice-local:index:RecordFile stage.json",
      "sluice-local:index:TraefikFile traefik.yaml",
      "sluice:docker:Stage dev",
    ]);
  });

  it("runs a variant with its flags, confined, and publishes nothing of it", async () => {
    await deploy({ flags: { AGENT_ENABLED: 25 } });
    const { name, inputs } = container("voice-api--agent-enabled");
    const hash = /-([0-9a-f]{8})-1$/.exec(name)?.[1] ?? "";
    expect(inputs).toEqual({
      name,
      image: "sha256:id of voice:1",
      envs: ["AGENT_ENABLED=true", "PORT=8080", "SLUICE_SERVICE=voice-api", "SLUICE_VARIANT=agent-enabled", "TRANSCRIPTS_ENABLED=false"],
      user: "65532:65532",
      readOnly: true,
      privileged: false,
      capabilities: { drops: ["ALL"] },
      securityOpts: ["no-new-privileges:true"],
      tmpfs: { "/tmp": "rw,noexec,nosuid,nodev,size=64m" },
      memory: 256,
      memorySwap: 256,
      cpus: "1",
      restart: "unless-stopped",
      logDriver: "json-file",
      logOpts: { "max-size": "10m", "max-file": "3" },
      stopSignal: "SIGTERM",
      stopTimeout: 10,
      destroyGraceSeconds: 10,
      mustRun: false,
      healthcheck: {
        tests: ["CMD", "wget", "-q", "-O", "/dev/null", "http://127.0.0.1:8080/"],
        interval: "2000ms",
        timeout: "2s",
        startPeriod: "30000ms",
        retries: 3,
      },
      labels: [
        { label: "sluice.project", value: "shop" },
        { label: "sluice.stage", value: "dev" },
        { label: "sluice.service", value: "voice-api" },
        { label: "sluice.alias", value: `voice-api-${hash}-1` },
      ],
      networksAdvanced: [{ name: "shop-dev", aliases: [`voice-api-${hash}-1`] }],
      mounts: [{ type: "bind", source: "/project/.sluice/dev/flagd", target: "/etc/sluice/flagd", readOnly: true }],
    });
  });

  it("gives Traefik no socket, its document to read, and two ports", async () => {
    await deploy({}, dockerInput({ bind: "0.0.0.0" }));
    expect(byName("traefik")).toMatchObject({
      name: "shop-dev-traefik",
      readOnly: true,
      capabilities: { drops: ["ALL"], adds: ["DAC_OVERRIDE"] },
      mounts: [{ type: "bind", source: "/project/.sluice/dev/traefik", target: "/etc/sluice/traefik", readOnly: true }],
      ports: [
        { internal: 8000, external: 8100, ip: "0.0.0.0" },
        { internal: 8001, external: 8101, ip: "127.0.0.1" },
      ],
    });
    expect(byName("traefik")).not.toHaveProperty("envs");
  });

  it("leads Traefik to all containers of a variant, and waits for them before", async () => {
    const services = { "voice-api": { image: "voice:1", replicas: 2, healthPath: "/healthz", ready: "1m" }, "billing-api": { image: "billing:1" } };
    await deploy({}, dockerInput({ services }));
    const { name } = container("voice-api--base");
    const alias = /voice-api--base-([0-9a-f]{8})/.exec(name)?.[1] ?? "";
    const document = byName("traefik.yaml");
    expect(parse(String(document["content"])).http.services["voice-api--base"].loadBalancer).toEqual({
      servers: [{ url: `http://voice-api-${alias}-1:8080` }, { url: `http://voice-api-${alias}-2:8080` }],
      healthCheck: { path: "/healthz", interval: "2s", timeout: "2s" },
    });
    expect(parse(String(document["content"])).http.services["billing-api--base"].loadBalancer).not.toHaveProperty("healthCheck");
    expect(document["containers"]).toEqual(
      registered
        .filter(({ type, name: other }) => type === "docker:index/container:Container" && other !== "traefik")
        .map(({ name: other, inputs }) => ({
          name: other,
          host: aliasIn(inputs["networksAdvanced"]),
          ready: other.includes("voice-api") ? 60_000 : 30_000,
        })),
    );
    expect(document["engine"]).toEqual({});
  });

  it.each([
    ["nothing", {}, "/"],
    ["a path", { healthPath: "/healthz" }, "/healthz"],
    ["a command", { healthCommand: ["/healthz"] }, null],
    ["a command and a path", { healthCommand: ["/healthz"], healthPath: "/ready" }, "/ready"],
  ])("has Traefik check several containers by their path where the config names %s", async (_name, check, path) => {
    await deploy({}, dockerInput({ services: { "voice-api": { image: "voice:1", replicas: 2, ...check }, "billing-api": { image: "billing:1" } } }));
    const balancer = parse(String(byName("traefik.yaml")["content"])).http.services["voice-api--base"].loadBalancer;
    expect(balancer.servers).toHaveLength(2);
    expect(balancer.healthCheck?.path ?? null).toBe(path);
  });

  it("is other containers where anything of them is another, and the same where only an exposure is", async () => {
    await deploy({ flags: { AGENT_ENABLED: 25 } });
    const first = container("voice-api--base").name;
    await deploy({ flags: { AGENT_ENABLED: 50 } });
    expect(container("voice-api--base").name).toBe(first);
    const names = new Set([first]);
    const change = async (voice: Record<string, unknown>, stage: Record<string, unknown> = {}): Promise<void> => {
      await deploy({}, dockerInput({ services: { "voice-api": { image: "voice:1", ...voice }, "billing-api": { image: "billing:1" } }, ...stage }));
      names.add(container("voice-api--base").name);
    };
    for (const voice of [
      { image: "voice:2" },
      { env: { LOG_LEVEL: "debug" } },
      { memory: 512 },
      { user: "1000:1000" },
      { command: ["/serve"] },
      { healthPath: "/healthz" },
      { healthCommand: ["/healthz"] },
      { cpus: 2 },
      { drain: "20s" },
      { ready: "1m" },
      { port: 9090 },
    ])
      await change(voice);
    expect(names.size).toBe(12);
    for (const stage of [{ directory: "documents" }, { host: "ssh://deploy@host", url: "https://shop.example", api: "http://127.0.0.1:9101" }])
      await change({}, stage);
    expect(names.size).toBe(14);
  });

  it("hands the engine's address and the registry's password to the plugin alone", async () => {
    const registries = [{ address: "ghcr.io", username: "robot", password: "not looked at" }];
    await deploy({}, dockerInput({ host: "unix:///run/user/1000/docker.sock", registries }));
    const provider = byName("engine");
    expect(provider["host"]).toBe("unix:///run/user/1000/docker.sock");
    expect(JSON.stringify(provider["registryAuth"])).toContain(PASSWORD);
    const others = registered.filter(({ name }) => name !== "engine");
    expect(JSON.stringify(others)).not.toContain(PASSWORD);
    expect(JSON.stringify(registered)).not.toContain("not looked at");
    expect(byName("traefik.yaml")["engine"]).toEqual({ host: "unix:///run/user/1000/docker.sock" });
  });
});

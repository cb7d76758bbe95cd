import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../../src/net/ask.ts";
import { type PrivateEngine, startEngine, whyNoEngine } from "../support/docker/dockerd.ts";
import { importImages, SECOND_SERVICE_IMAGE } from "../support/docker/images.ts";
import { type DockerProject, makeDockerProject, suiteName } from "../support/docker/project.ts";
import { writeSettings } from "../support/settings.ts";
import { lost, startVisits, type Visits } from "../support/visits.ts";

const PASSWORD = "correct-horse-battery-staple";
const missing = await whyNoEngine();
const NAME = await suiteName("a stage on a Docker engine", missing);

describe.skipIf(missing !== null)(NAME, () => {
  let engine: PrivateEngine;
  let test: DockerProject;
  let visits: Visits;

  beforeAll(async () => {
    engine = await startEngine();
    await importImages(engine.docker);
    test = await makeDockerProject(engine);
    await test.pulumi(["stack", "init", "dev"]);
    await test.configure("dev", (docker) => ({ ...docker, registries: [{ address: "ghcr.io", username: "robot" }] }));
    await test.pulumi(["config", "set", "--stack", "dev", "--secret", "--path", "docker.registries[0].password", PASSWORD]);
    await up({ AGENT_ENABLED: false });
    visits = startVisits(test.urlOf("dev"), [
      ["/voice", ""],
      ["/voice", "sluice-1=x"],
      ["/voice", "sluice-5=x"],
      ["/voice?delay=700", "sluice-1=x"],
      ["/voice?delay=700", "sluice-5=x"],
      ["/billing", "sluice-1=x"],
    ]);
  });
  afterAll(async () => {
    await visits.stop();
    await test.remove();
    await engine.stop();
  });

  async function up(flags?: Record<string, unknown>): Promise<void> {
    if (flags !== undefined) await writeSettings(test.root, "dev", { flags, kill: null });
    const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(code, output).toBe(0);
  }
  async function sluice(...args: readonly string[]): Promise<string> {
    const { code, output } = await test.sluice(args);
    expect(code, output).toBe(0);
    return output;
  }
  const isOn = async (bucket: number): Promise<boolean> =>
    (await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie: `sluice-${bucket}=x` } })).body.includes('"AGENT_ENABLED":"true"');
  /** By name, when each container that runs was started. */
  const startedAt = async (): Promise<Record<string, string>> => {
    const running = await engine.docker.listContainers();
    const found = await Promise.all(running.map(({ Id }) => engine.docker.getContainer(Id).inspect()));
    return Object.fromEntries(found.map(({ Name, State }) => [Name.slice(1), State.StartedAt]));
  };

  it("confines its containers, and publishes Traefik's ports alone", async () => {
    const running = await engine.docker.listContainers();
    const found = await Promise.all(running.map(({ Id }) => engine.docker.getContainer(Id).inspect()));
    for (const { Name, HostConfig, Config } of found) {
      const isTraefik = Name === "/sluice-dev-traefik";
      expect(HostConfig, Name).toMatchObject({
        ReadonlyRootfs: true,
        Privileged: false,
        CapDrop: ["ALL"],
        SecurityOpt: ["no-new-privileges:true"],
        RestartPolicy: { Name: "unless-stopped" },
        LogConfig: { Type: "json-file", Config: { "max-size": "10m", "max-file": "3" } },
      });
      expect(
        HostConfig.Mounts?.every(({ ReadOnly, Source }) => ReadOnly === true && !Source.includes("docker.sock")),
        Name,
      ).toBe(true);
      expect(Object.keys(z.record(z.string(), z.unknown()).parse(HostConfig.PortBindings)).length, Name).toBe(isTraefik ? 2 : 0);
      if (!isTraefik)
        expect({ user: Config.User, memory: HostConfig.Memory, cpus: HostConfig.NanoCpus }).toEqual({ user: "65532:65532", memory: 67_108_864, cpus: 1e9 });
    }
    expect(found.find(({ Name }) => Name === "/sluice-dev-traefik")?.HostConfig.PortBindings).toEqual({
      "8000/tcp": [{ HostIp: "127.0.0.1", HostPort: String(test.portOf("dev")) }],
      "8001/tcp": [{ HostIp: "127.0.0.1", HostPort: String(test.portOf("dev") + 1) }],
    });
    expect(JSON.parse((await ask(test.urlOf("dev"), { path: "/voice" })).body).writes).toEqual(["/tmp"]);
  });

  it("keeps a registry's password out of files, previews and its own words", async () => {
    const { code, output } = await test.pulumi(["preview", "--stack", "dev", "--diff", "--show-config", "--json"]);
    expect(code, output).toBe(0);
    expect(output).not.toContain(PASSWORD);
    expect((await test.sluice(["matrix"])).output).not.toContain(PASSWORD);
    const { stdout, exitCode } = await execa("grep", ["-rl", PASSWORD, test.root], { reject: false });
    expect([stdout, exitCode]).toEqual(["", 1]);
  });

  it("restarts nothing for a change of exposure alone", async () => {
    await up({ AGENT_ENABLED: 25 });
    const before = await startedAt();
    await up({ AGENT_ENABLED: 50 });
    expect(await startedAt()).toEqual(before);
    expect([await isOn(4), await isOn(5)]).toEqual([true, false]);
  });

  it("replaces every container of a service by another image, and loses no request", async () => {
    const before = await startedAt();
    const asked = visits.seen.length;
    await test.configure("dev", (docker) => ({
      ...docker,
      services: Object.fromEntries(Object.entries(docker.services).map(([name, service]) => [name, { ...service, image: SECOND_SERVICE_IMAGE, replicas: 2 }])),
    }));
    await up();
    const after = await startedAt();
    expect(Object.keys(after).filter((name) => name in before)).toEqual(["sluice-dev-traefik"]);
    expect(Object.keys(after).length).toBe(2 * (Object.keys(before).length - 1) + 1);
    expect(visits.seen.length - asked).toBeGreaterThan(100);
    expect(lost(visits.seen)).toEqual([]);
  });

  it("rolls back with proof, to the containers of then", async () => {
    const output = await sluice("rollback", "--stage", "dev");
    expect(output).toMatch(/proven: the inputs of all \d+ resources are those of that update/);
    expect(output).toMatch(/proven: Traefik has the routers of that update, and \d+ requests were answered as then/);
    expect(lost(visits.seen)).toEqual([]);
  });

  it("does as its state says", async () => {
    expect(await sluice("verify", "--stage", "dev")).not.toContain("FAIL");
    expect(await sluice("status")).toContain("AGENT_ENABLED");
  });

  it("is promoted step by step", async () => {
    await sluice("promote", "AGENT_ENABLED", "--stage", "dev", "--yes");
    expect(await isOn(5)).toBe(true);
    expect(lost(visits.seen)).toEqual([]);
  });

  it("takes a flag off by a kill, and brings it back", async () => {
    const output = await sluice("kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "errors since 02:10");
    expect(output).toMatch(/\d+ ms/);
    expect(await isOn(1)).toBe(false);
    await sluice("revive", "AGENT_ENABLED", "--stage", "dev", "--yes", "--reason", "fixed in 1.4.2");
    expect(await isOn(1)).toBe(true);
  });

  it("is rehearsed by a drill", async () => {
    await up({ AGENT_ENABLED: 25 });
    await sluice("drill", "--stage", "dev", "--yes");
    expect(lost(visits.seen)).toEqual([]);
  });

  it("sees a container that someone stopped, and the next update starts it", async () => {
    const name = Object.keys(await startedAt()).find((other) => other.includes("voice-api--agent-enabled")) ?? "none";
    await visits.stop();
    expect(lost(visits.seen)).toEqual([]);
    await engine.docker.getContainer(name).stop();
    expect(await sluice("status", "--json")).toContain(name);
    await up({ AGENT_ENABLED: 50 });
    expect(Object.keys(await startedAt())).toContain(name);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { type PrivateEngine, startEngine, whyNoEngine } from "../support/docker/dockerd.ts";
import { importImages, SECOND_SERVICE_IMAGE } from "../support/docker/images.ts";
import { type DockerInput, type DockerProject, makeDockerProject, suiteName } from "../support/docker/project.ts";
import { freePort } from "../support/scratch-traefik.ts";
import { writeSettings } from "../support/settings.ts";
import { lost, startVisits } from "../support/visits.ts";
import { until } from "../support/wait.ts";

const missing = await whyNoEngine();

describe.skipIf(missing !== null)(await suiteName("what an update of a Docker stage waits for", missing), () => {
  let engine: PrivateEngine;
  let test: DockerProject;

  beforeAll(async () => {
    engine = await startEngine();
    await importImages(engine.docker);
    test = await makeDockerProject(engine);
    await test.pulumi(["stack", "init", "dev"]);
  });
  afterAll(async () => {
    await test.remove();
    await engine.stop();
  });

  const up = (): Promise<{ code: number; output: string }> => test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
  async function mustUp(flag?: unknown): Promise<string> {
    if (flag !== undefined) await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: flag }, kill: null });
    const { code, output } = await up();
    expect(code, output).toBe(0);
    return output;
  }
  async function running(part: string): Promise<string[]> {
    return (await engine.docker.listContainers()).flatMap(({ Names }) => Names.map((name) => name.slice(1))).filter((name) => name.includes(part));
  }
  async function only(part: string): Promise<string> {
    const [name = "none", ...others] = await running(part);
    expect(others).toEqual([]);
    return name;
  }
  /** From now on its health check fails, and it goes on answering. */
  async function sicken(name: string): Promise<void> {
    const run = await engine.docker.getContainer(name).exec({ Cmd: ["/bin/service", "sicken"] });
    await run.start({ Detach: true });
    await until(`${name} is unhealthy`, async () => (await engine.docker.getContainer(name).inspect()).State.Health?.Status === "unhealthy", 30_000);
  }
  const setImage = (image: string) =>
    test.configure("dev", (docker: DockerInput) => ({
      ...docker,
      services: { ...docker.services, "voice-api": { ...docker.services["voice-api"], image } },
    }));
  const isOn = async (bucket: number): Promise<boolean> =>
    (await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie: `sluice-${bucket}=x` } })).body.includes('"AGENT_ENABLED":"true"');

  it("is not the health of the variant that is left, nor that of another service", async () => {
    await mustUp(25);
    expect(await isOn(1)).toBe(true);
    await sicken(await only("voice-api--agent-enabled"));
    await sicken(await only("billing-api"));
    await mustUp(5);
    expect([await isOn(1), await isOn(3)]).toEqual([true, false]);
    await mustUp(false);
    expect(await isOn(1)).toBe(false);
  });

  it("is the health of a variant that takes more visitors", async () => {
    await mustUp(25);
    await sicken(await only("voice-api--agent-enabled"));
    await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: 50 }, kill: null });
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/container sluice-dev-voice-api--agent-enabled-[0-9a-f]{8}-1 is not healthy/);
    expect(await isOn(4)).toBe(false);
    await mustUp(false);
  });

  it("is nothing that a container has behind it: one that was started anew three times counts by what it is now", async () => {
    const name = await only("voice-api--base");
    for (const round of [1, 2, 3]) {
      // The engine gives no process, 0, while it waits to start one anew; to signal that would end this one.
      let pid = 0;
      await until("it runs", async () => (pid = (await engine.docker.getContainer(name).inspect()).State.Pid) > 1, 30_000);
      process.kill(pid, "SIGKILL");
      await until(`restart ${round}`, async () => (await engine.docker.getContainer(name).inspect()).RestartCount === round, 30_000);
    }
    await until("it is healthy", async () => (await engine.docker.getContainer(name).inspect()).State.Health?.Status === "healthy", 30_000);
    await mustUp(25);
    await mustUp(false);
  });

  it("is Traefik's word, without which nothing is taken away", async () => {
    const visits = startVisits(test.urlOf("dev"), [["/voice", ""]]);
    const before = await only("voice-api--base");
    await setImage(SECOND_SERVICE_IMAGE);
    const port = await freePort();
    await test.configure("dev", (docker) => ({ ...docker, api: `http://127.0.0.1:${port}` }));
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain(`Traefik's API does not answer at http://127.0.0.1:${port}, while container sluice-dev-traefik runs`);
    expect(await running("voice-api--base")).toContain(before);
    await test.configure("dev", (docker) => ({ ...docker, api: `http://127.0.0.1:${test.portOf("dev") + 1}` }));
    await mustUp();
    expect(await only("voice-api--base")).not.toBe(before);
    expect(lost(await visits.stop())).toEqual([]);
  });

  it("is Traefik's start where someone stopped it, whatever the update changes", async () => {
    await engine.docker.getContainer("sluice-dev-traefik").stop();
    await setImage("sluice-test/service:1");
    await mustUp();
    expect((await ask(test.urlOf("dev"), { path: "/voice" })).status).toBe(200);
    await engine.docker.getContainer("sluice-dev-traefik").stop();
    await mustUp();
    expect((await ask(test.urlOf("dev"), { path: "/voice" })).status).toBe(200);
  });

  it("is the start of a container that someone stopped, where nothing else changes", async () => {
    const name = await only("voice-api--base");
    await engine.docker.getContainer(name).stop();
    await mustUp();
    expect(await running("voice-api--base")).toEqual([name]);
    expect(await mustUp()).toMatch(/\d+ unchanged/);
    expect(await mustUp()).not.toMatch(/\d+ updated/);
  });

  it("is Traefik's by another port too: it routes once the update is over", async () => {
    const port = await freePort();
    await test.configure("dev", (docker) => ({ ...docker, port }));
    await mustUp();
    expect((await ask(`http://127.0.0.1:${port}`, { path: "/voice" })).status).toBe(200);
    await test.configure("dev", (docker) => ({ ...docker, port: test.portOf("dev") }));
    await mustUp();
    expect((await ask(test.urlOf("dev"), { path: "/voice" })).status).toBe(200);
  });
});

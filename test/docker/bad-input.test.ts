import { chmod, chown, readdir, rename, rm } from "node:fs/promises";
import { createServer } from "node:net";
import { join } from "node:path";
import { execa } from "execa";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { type PrivateEngine, startEngine, whyNoEngine } from "../support/docker/dockerd.ts";
import { importImages, SECOND_SERVICE_IMAGE } from "../support/docker/images.ts";
import { type DockerInput, type DockerProject, makeDockerProject, suiteName } from "../support/docker/project.ts";
import { freePort } from "../support/scratch-traefik.ts";
import { lost, startVisits } from "../support/visits.ts";
import { until } from "../support/wait.ts";

const missing = await whyNoEngine();
const NAME = await suiteName("the Docker target", missing);

/** Changes how voice-api runs. */
const voice =
  (changes: Readonly<Record<string, unknown>>) =>
  (docker: DockerInput): DockerInput => ({ ...docker, services: { ...docker.services, "voice-api": { ...docker.services["voice-api"], ...changes } } });

describe.skipIf(missing !== null)(NAME, () => {
  let engine: PrivateEngine;
  let test: DockerProject;
  let before: DockerInput;

  beforeAll(async () => {
    engine = await startEngine({ args: ["--live-restore"] });
    await importImages(engine.docker);
    test = await makeDockerProject(engine);
    await test.pulumi(["stack", "init", "dev"]);
    await test.configure("dev", (docker) => {
      before = docker;
      return docker;
    });
  });
  afterAll(async () => {
    await test.remove();
    await engine.stop();
  });

  const up = (): Promise<{ code: number; output: string }> => test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
  const isServed = async (): Promise<boolean> => (await ask(test.urlOf("dev"), { path: "/voice" })).status === 200;
  const mend = (): Promise<void> => test.configure("dev", () => before);
  const names = async (): Promise<string[]> => (await engine.docker.listContainers({ all: true })).flatMap(({ Names }) => Names);

  it("says before anything is made that no engine is there", async () => {
    await test.configure("dev", (docker) => ({ ...docker, host: "unix:///nowhere/docker.sock" }));
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain(
      "no Docker engine answers at unix:///nowhere/docker.sock (ENOENT). Start it (sudo systemctl start docker, or Docker Desktop), or say in docker.host where it is",
    );
    expect(await readdir(join(test.root, ".sluice")).catch(() => [])).not.toContain("dev");
    await mend();
  });

  it("says before anything is made that another machine was meant by the environment", async () => {
    await test.configure("dev", ({ services, port, adminPort }) => ({ services, port, adminPort }));
    const { output } = await test.pulumi(["preview", "--stack", "dev"], { DOCKER_HOST: "ssh://deploy@elsewhere" });
    expect(output).toContain("DOCKER_HOST is ssh://deploy@elsewhere, another machine, and the stage's config does not say so.");
    await mend();
  });

  it("says before anything is made how to be let at the socket", async () => {
    const socket = new URL(engine.host).pathname;
    await chown(socket, 65_534, 65_534);
    await chmod(socket, 0o600);
    // Root without root's right to everything is any other user.
    const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"], {}, ["setpriv", "--bounding-set=-dac_override"]);
    await chown(socket, 0, 0);
    expect(code).not.toBe(0);
    expect(output).toContain(
      `this user may not use the Docker engine at ${engine.host}. Join the group of its socket (sudo usermod -aG docker $USER, then log in again), or name an engine of your own in docker.host`,
    );
    expect(await readdir(join(test.root, ".sluice")).catch(() => [])).not.toContain("dev");
    expect(await names()).toEqual([]);
  });

  it("goes on with the next update once a port that was taken is free", async () => {
    const holder = createServer();
    await new Promise<void>((resolve) => holder.listen(test.portOf("dev"), "127.0.0.1", resolve));
    const refused = await up();
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(`docker.port is ${test.portOf("dev")}, and 127.0.0.1:${test.portOf("dev")} is taken (address already in use).`);
    expect(await names()).toEqual([]);
    await new Promise((resolve) => holder.close(resolve));
    const { code, output } = await up();
    expect(code, output).toBe(0);
    expect(await isServed()).toBe(true);
  });

  it("takes no Traefik away for a port that is taken", async () => {
    const holder = createServer();
    const port = await freePort();
    await new Promise<void>((resolve) => holder.listen(port, "127.0.0.1", resolve));
    for (const key of ["port", "adminPort"]) {
      await test.configure("dev", () => ({ ...before, [key]: port }));
      const { code, output } = await up();
      expect(code).not.toBe(0);
      expect(output).toContain(
        `docker.${key} is ${port}, and 127.0.0.1:${port} is taken (address already in use). Free it, or set docker.${key} to another port.`,
      );
      expect(await isServed()).toBe(true);
    }
    await new Promise((resolve) => holder.close(resolve));
    await mend();
  });

  it("takes no Traefik away for another folder", async () => {
    await test.configure("dev", (docker) => ({ ...docker, directory: "elsewhere" }));
    const visits = startVisits(test.urlOf("dev"), [["/voice", ""]]);
    for (const command of ["preview", "up"]) {
      const { code, output } = await test.pulumi([command, "--stack", "dev", ...(command === "up" ? ["--yes", "--skip-preview"] : [])]);
      expect(code).not.toBe(0);
      const said = output.replaceAll(/\s+/g, " ");
      expect(said).toContain(
        `container sluice-dev-traefik, reads ${join(test.root, ".sluice", "dev", "traefik")}, and this update would write to ${join(test.root, "elsewhere")}`,
      );
      expect(said).toContain(`set docker.directory to ${join(test.root, ".sluice", "dev")}.`);
    }
    expect(lost(await visits.stop())).toEqual([]);
    await test.configure("dev", () => ({ ...before, directory: join(test.root, ".sluice", "dev") }));
    const { code, output } = await up();
    expect(code, output).toBe(0);
    expect(output).not.toContain("replaced");
    await mend();
  });

  it("makes nothing new where an image is missing, and goes on serving", async () => {
    await test.configure("dev", voice({ image: "sluice-test/nowhere:1" }));
    const before = await names();
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain("sluice-test/nowhere:1");
    expect(await names()).toEqual(before);
    expect(await isServed()).toBe(true);
    await mend();
  });

  it.each([
    [
      "does not pass its check",
      { healthPath: "/broken", ready: "2s" },
      /is not healthy after 2 s: its check `wget -q -O \/dev\/null http:\/\/127\.0\.0\.1:8080\/broken` fails with exit code 8: wget: server returned error: HTTP\/1\.1 503 Service Unavailable/,
      "  | no connection to the database at db:5432",
    ],
    [
      "has no program for its check",
      { healthCommand: ["curl", "-f", "http://127.0.0.1:8080/"], ready: "2s" },
      /its check `curl -f http:\/\/127\.0\.0\.1:8080\/` fails with exit code -1: .*"curl": executable file not found/,
      "  | listening on :8080",
    ],
    [
      "ends at once",
      { env: { CRASH: "no license key" }, ready: "20s" },
      /does not stay up: it ended with exit code 3, and was started anew \d times/,
      "  | no license key",
    ],
  ])("leads nobody to a container that %s, and quotes it", async (_name, changes, reason, line) => {
    const visits = startVisits(test.urlOf("dev"), [["/voice", ""]]);
    await test.configure("dev", () => voice(changes)(before));
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toMatch(/container sluice-dev-voice-api--base-[0-9a-f]{8}-1 /);
    expect(output.replaceAll(/\s+/g, " ")).toMatch(reason);
    expect(output).toContain(line);
    expect(output).toContain("Routes were left as they are, and what ran before goes on serving.");
    expect(lost(await visits.stop())).toEqual([]);
  });

  it("does so at the next try too, and clears such containers away once the config is mended", async () => {
    const visits = startVisits(test.urlOf("dev"), [["/voice", ""]]);
    expect((await up()).output).toContain("does not stay up");
    expect((await names()).filter((name) => name.includes("voice-api--base")).length).toBeGreaterThan(1);
    await mend();
    const { code, output } = await up();
    expect(code, output).toBe(0);
    expect(lost(await visits.stop())).toEqual([]);
    expect((await names()).filter((name) => name.includes("voice-api--base"))).toHaveLength(1);
  });

  const refreshed = (): Promise<{ code: number; output: string }> => test.pulumi(["up", "--yes", "--skip-preview", "--refresh", "--stack", "dev"]);

  it("serves again by an update with refresh where the folder of the stage was deleted", async () => {
    await rm(join(test.root, ".sluice", "dev"), { recursive: true });
    await until("Traefik has lost its document", async () => !(await isServed()));
    const { code, output } = await refreshed();
    expect(code, output).toBe(0);
    expect(await isServed()).toBe(true);
  });

  it("says that a kill has no effect yet where the folder of the stage was moved away, and takes it up by an update with refresh", async () => {
    await rename(join(test.root, ".sluice", "dev"), join(test.root, ".sluice", "aside"));
    const killed = await test.sluice(["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "try"]);
    expect(killed.code, killed.output).not.toBe(0);
    expect(killed.output.replaceAll(/\s+/g, " ")).toContain("is gone. Then run: npx pulumi up --refresh --stack dev");
    const { code, output } = await refreshed();
    expect(code, output).toBe(0);
    expect(await isServed()).toBe(true);
    await test.pulumi(["config", "rm", "--stack", "dev", "--path", "kill.AGENT_ENABLED"]);
    const again = await up();
    expect(again.code, again.output).toBe(0);
  });

  it("names a container that an update has made which was killed, and the command that takes it away", async () => {
    const name = (await names()).find((one) => one.includes("voice-api--base"))?.slice(1) ?? "";
    const { Config } = await engine.docker.getContainer(name).inspect();
    // As one that was killed before the state was written, of the name that the next update needs.
    await test.configure("dev", voice({ env: { ROUND: "2" } }));
    const { output: planned } = await test.pulumi(["preview", "--diff", "--stack", "dev"]);
    const wanted = /sluice-dev-voice-api--base-[0-9a-f]{8}-1/g;
    const stray = planned.match(wanted)?.find((one) => one !== name) ?? "";
    await engine.docker.createContainer({ name: stray, Image: Config.Image, Cmd: ["true"], Labels: Config.Labels });
    const preview = await test.pulumi(["preview", "--stack", "dev"]);
    expect(preview.output.replaceAll(/\s+/g, " ")).toContain(
      `container ${stray} was made and never started. If its name turns out to be in use: docker rm --force ${stray}`,
    );
    const { code, output } = await up();
    expect(code).not.toBe(0);
    expect(output).toContain(`docker rm --force ${stray}`);
    expect((await test.sluice(["status"])).output).toContain(`docker rm --force ${stray}`);
    expect(await isServed()).toBe(true);
    await engine.docker.getContainer(stray).remove({ force: true });
    const again = await up();
    expect(again.code, again.output).toBe(0);
    await mend();
    expect((await up()).code).toBe(0);
  });

  it("says that the engine went away in the middle of an update, and comes back with it", async () => {
    await test.configure("dev", voice({ image: SECOND_SERVICE_IMAGE, healthPath: "/broken" }));
    const there = await engine.docker.listContainers();
    const running = up();
    await until("the new container runs", async () => (await engine.docker.listContainers()).length > there.length);
    // The provider of Sluice waits for its health by now.
    await until("its check has failed", async () => JSON.stringify(await engine.docker.listContainers()).includes("health: starting"));
    await engine.kill();
    const { code, output } = await running;
    expect(code).not.toBe(0);
    expect(output).toMatch(/(the|no) Docker engine (at|answers at) unix:/);
    await engine.start();
    await until("the stage serves again", isServed, 30_000);
    await mend();
    const again = await up();
    expect(again.code, again.output).toBe(0);
    expect(await isServed()).toBe(true);
  });
});

describe.skipIf(missing !== null)(await suiteName("an engine whose disk is full", missing), () => {
  it("goes on serving, and takes the update once there is room", async () => {
    const engine = await startEngine({ dataSize: "400m" });
    const test = await makeDockerProject(engine);
    try {
      await importImages(engine.docker);
      await test.pulumi(["stack", "init", "dev"]);
      const up = (): Promise<{ code: number; output: string }> => test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
      expect((await up()).code).toBe(0);
      const filler = join(engine.data, "filler");
      await execa("dd", ["if=/dev/zero", `of=${filler}`, "bs=64k"], { reject: false });
      await test.configure("dev", voice({ image: SECOND_SERVICE_IMAGE }));
      const refused = await up();
      expect(refused.code).not.toBe(0);
      expect(refused.output).toContain("no space left on device");
      expect((await ask(test.urlOf("dev"), { path: "/voice" })).status).toBe(200);
      await rm(filler);
      const { code, output } = await up();
      expect(code, output).toBe(0);
      expect((await ask(test.urlOf("dev"), { path: "/voice" })).status).toBe(200);
    } finally {
      await test.remove();
      await engine.stop();
    }
  });
});

import { chmod, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { makeCertificates } from "../support/docker/certificates.ts";
import { type PrivateEngine, startEngine, whyNoEngine } from "../support/docker/dockerd.ts";
import { importImages } from "../support/docker/images.ts";
import { type DockerProject, makeDockerProject, suiteName } from "../support/docker/project.ts";
import { freePort } from "../support/scratch-traefik.ts";
import { writeSettings } from "../support/settings.ts";
import { lost, startVisits } from "../support/visits.ts";

const missing = await whyNoEngine();

interface Way {
  /** Arguments of the engine. */
  readonly args: readonly string[];
  /** Opens the way. @returns what the config says of the engine */
  lead(engine: PrivateEngine): Promise<Readonly<Record<string, string>>>;
  close(): Promise<void>;
}

async function overTls(): Promise<Way> {
  const certificates = await makeCertificates();
  const file = (name: string): string => join(certificates.engine, name);
  const address = `tcp://127.0.0.1:${await freePort()}`;
  return {
    args: ["-H", address, "--tlsverify", "--tlscacert", file("ca.pem"), "--tlscert", file("cert.pem"), "--tlskey", file("key.pem")],
    lead: async () => ({ host: address, certPath: certificates.client }),
    close: () => rm(certificates.root, { recursive: true }),
  };
}

/** The `ssh` of the tests runs what it is asked to run on this machine, at the engine of the tests. */
async function overSsh(): Promise<Way> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-ssh-"));
  return {
    args: [],
    async lead(engine) {
      const script = `#!/bin/sh
while [ "$1" != -- ]; do shift; done
[ "$2" = deploy@elsewhere ] || { echo "no route to $2" >&2; exit 255; }
shift 2
DOCKER_HOST=${engine.host} exec "$@"
`;
      await writeFile(join(folder, "ssh"), script);
      await chmod(join(folder, "ssh"), 0o755);
      vi.stubEnv("PATH", `${folder}:${process.env["PATH"] ?? ""}`);
      return { host: "ssh://deploy@elsewhere" };
    },
    close: () => rm(folder, { recursive: true }),
  };
}

describe.skipIf(missing !== null).each([
  [await suiteName("a stage on an engine of another machine, over TLS", missing), overTls],
  [await suiteName("a stage on an engine of another machine, over an ssh of the tests' own", missing), overSsh],
])("%s", (_name, makeWay) => {
  let engine: PrivateEngine;
  let test: DockerProject;
  let way: Way;

  beforeAll(async () => {
    way = await makeWay();
    engine = await startEngine({ args: way.args });
    await importImages(engine.docker);
    const address = await way.lead(engine);
    test = await makeDockerProject(engine);
    await test.configure("dev", (docker) => ({
      ...docker,
      ...address,
      url: test.urlOf("dev"),
      api: `http://127.0.0.1:${test.portOf("dev") + 1}`,
    }));
    await test.pulumi(["stack", "init", "dev"]);
  });
  afterAll(async () => {
    await test.remove();
    await engine.stop();
    await way.close();
    vi.unstubAllEnvs();
  });

  async function up(flags: Record<string, unknown>): Promise<void> {
    await writeSettings(test.root, "dev", { flags, kill: null });
    const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(code, output).toBe(0);
  }
  const isOn = async (bucket: number): Promise<boolean> =>
    (await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie: `sluice-${bucket}=x` } })).body.includes('"AGENT_ENABLED":"true"');

  it("mounts nothing of this machine", async () => {
    await up({ AGENT_ENABLED: false });
    const made = await engine.docker.listContainers({ all: true });
    expect(made.flatMap(({ Mounts }) => Mounts.map(({ Type }) => Type)).filter((type) => type !== "volume")).toEqual([]);
    expect(made.filter(({ State }) => State !== "running").map(({ Names }) => Names)).toEqual([["/sluice-dev-carrier"]]);
  });

  it("follows each change of exposure, and a kill, and loses no request", async () => {
    const visits = startVisits(test.urlOf("dev"), [
      ["/voice", ""],
      ["/voice", "sluice-1=x"],
      ["/billing", "sluice-5=x"],
    ]);
    await up({ AGENT_ENABLED: 25 });
    expect([await isOn(1), await isOn(5)]).toEqual([true, false]);
    await up({ AGENT_ENABLED: true });
    expect(await isOn(5)).toBe(true);
    const kill = await test.sluice(["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "a test of it"]);
    expect(kill.code, kill.output).toBe(0);
    expect(await isOn(1)).toBe(false);
    expect(lost(await visits.stop())).toEqual([]);
    expect(visits.seen.length).toBeGreaterThan(100);
  });

  it("is as its state says", async () => {
    const verified = await test.sluice(["verify", "--stage", "dev"]);
    expect(verified.code, verified.output).toBe(0);
    const { code, output } = await test.sluice(["status", "--json"]);
    expect(code, output).toBe(0);
    expect(output).not.toContain("sluice-dev-carrier");
  });

  it("leaves nothing behind", async () => {
    const { code, output } = await test.pulumi(["destroy", "--yes", "--stack", "dev"]);
    expect(code, output).toBe(0);
    expect(await engine.docker.listContainers({ all: true })).toEqual([]);
    expect((await engine.docker.listVolumes()).Volumes).toEqual([]);
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { type PrivateEngine, startEngine, whyNoEngine } from "../support/docker/dockerd.ts";
import { importImages, SERVICE_IMAGE, TRAEFIK_IMAGE } from "../support/docker/images.ts";
import { type DockerProject, makeDockerProject, suiteName } from "../support/docker/project.ts";
import { type Registry, startRegistry } from "../support/docker/registry.ts";
import { writeSettings } from "../support/settings.ts";
import { lost, startVisits, type Visits } from "../support/visits.ts";

const PASSWORD = "correct-horse-battery-staple";
const STAGES = ["dev", "staging", "production"];
const missing = await whyNoEngine();

describe.skipIf(missing !== null)(await suiteName("a flag's way through three stages on Docker", missing), () => {
  let engine: PrivateEngine;
  let test: DockerProject;
  let registry: Registry;
  let images: { readonly service: string; readonly traefik: string };
  let visits: Visits;

  beforeAll(async () => {
    engine = await startEngine();
    await importImages(engine.docker);
    registry = await startRegistry(PASSWORD);
    images = {
      service: await registry.take(engine.docker, SERVICE_IMAGE, "shop/voice"),
      traefik: await registry.take(engine.docker, TRAEFIK_IMAGE, "library/traefik"),
    };
    test = await makeDockerProject(engine);
    for (const stage of STAGES) await test.pulumi(["stack", "init", stage]);
    await test.configure("production", ({ services, ...docker }) => ({
      ...docker,
      movingTags: false,
      registries: [{ address: registry.address, username: registry.username }],
      services: Object.fromEntries(Object.entries(services).map(([name, service]) => [name, { ...service, image: images.service }])),
    }));
  });
  afterAll(async () => {
    await test.remove();
    await engine.stop();
    await registry.stop();
  });

  function up(stage: string, flag: unknown): Promise<{ code: number; output: string }> {
    return writeSettings(test.root, stage, { flags: { AGENT_ENABLED: flag }, kill: null }).then(() =>
      test.pulumi(["up", "--yes", "--skip-preview", "--stack", stage]),
    );
  }
  async function mustUp(stage: string, flag: unknown): Promise<void> {
    const { code, output } = await up(stage, flag);
    expect(code, output).toBe(0);
  }
  async function sluice(...args: readonly string[]): Promise<string> {
    const { code, output } = await test.sluice(args);
    expect(code, output).toBe(0);
    return output;
  }
  const isOn = async (stage: string, bucket: number): Promise<boolean> =>
    (await ask(test.urlOf(stage), { path: "/voice", headers: { cookie: `sluice-${bucket}=x` } })).body.includes('"AGENT_ENABLED":"true"');

  it("takes no image of production by a tag, nor one of Traefik", async () => {
    const { code, output } = await up("production", false);
    expect(code).not.toBe(0);
    expect(output).toContain(`docker.traefikImage: is ${TRAEFIK_IMAGE}, whose tag may move`);
    await test.configure("production", (docker) => ({ ...docker, traefikImage: images.traefik }));
  });

  it("asks the registry of production with the password of its config, and with no other", async () => {
    // What the engine has by its digest is not pulled.
    for (const image of [images.service, images.traefik]) await engine.docker.getImage(image).remove({ force: true });
    for (const image of [SERVICE_IMAGE, "sluice-test/service:2", TRAEFIK_IMAGE]) await engine.docker.getImage(image).remove({ force: true });
    const set = (password: string) => test.pulumi(["config", "set", "--stack", "production", "--secret", "--path", "docker.registries[0].password", password]);
    await set("of-someone-else");
    const refused = await up("production", false);
    expect(refused.code).not.toBe(0);
    expect(refused.output).toContain(images.service);
    expect(registry.pulled).toEqual([]);
    await set(PASSWORD);
    await mustUp("production", false);
    expect(new Set(registry.pulled)).toEqual(new Set([images.service, images.traefik].map((image) => image.split("@")[1])));
    expect(await isOn("production", 1)).toBe(false);
    visits = startVisits(test.urlOf("production"), [
      ["/voice", ""],
      ["/voice", "sluice-1=x"],
      ["/billing", "sluice-5=x"],
    ]);
    await importImages(engine.docker);
  });

  it("comes to production only once the stages before have it", async () => {
    await mustUp("dev", false);
    await mustUp("staging", false);
    const early = await up("production", 25);
    expect(early.code).not.toBe(0);
    expect(early.output).toContain("staging");
    expect(await isOn("production", 1)).toBe(false);
    await mustUp("dev", true);
    await mustUp("staging", true);
    await mustUp("production", 25);
    expect([await isOn("production", 1), await isOn("production", 5)]).toEqual([true, false]);
    await mustUp("production", true);
    expect(await isOn("production", 5)).toBe(true);
  });

  it("goes back in production, with proof and no registry", async () => {
    await registry.stop();
    expect(await sluice("rollback", "--stage", "production")).toMatch(/proven: the inputs of all \d+ resources are those of that update/);
    expect([await isOn("production", 1), await isOn("production", 5)]).toEqual([true, false]);
    expect(await sluice("verify", "--stage", "production")).not.toContain("FAIL");
    await sluice("kill", "AGENT_ENABLED", "--stage", "production", "--reason", "errors since 02:10");
    expect(await isOn("production", 1)).toBe(false);
    expect(await isOn("staging", 1)).toBe(true);
  });

  it("loses no request of production on the way", async () => {
    const seen = await visits.stop();
    expect(seen.length).toBeGreaterThan(100);
    expect(lost(seen)).toEqual([]);
  });
});

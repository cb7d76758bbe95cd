import { describe, expect, it } from "vitest";
import { dockerInput } from "../../support/docker/input.ts";
import { catalogInput, faultsOf } from "../../support/model.ts";

const DIGEST = `voice@sha256:${"a".repeat(64)}`;
const services = (voice: Record<string, unknown>): Record<string, unknown> => ({ services: { "voice-api": voice, "billing-api": { image: DIGEST } } });
const faults = (docker: Record<string, unknown>, stage = "dev", plainKeys: readonly string[] = []) =>
  faultsOf({ target: "docker", docker: dockerInput(docker) }, catalogInput(), stage, plainKeys);
const registry = { address: "ghcr.io", username: "robot", password: "correct-horse" };

describe("a stage on Docker", () => {
  it.each([
    ["an engine on this machine", {}],
    ["a socket of one's own", { host: "unix:///run/user/1000/docker.sock" }],
    ["an engine over ssh", { host: "ssh://deploy@host", url: "https://shop.example", api: "http://127.0.0.1:9101" }],
    ["an engine behind TLS", { host: "tcp://host:2376", certPath: "certs", url: "https://shop.example", api: "http://127.0.0.1:9101" }],
    ["an engine on loopback", { host: "tcp://127.0.0.1:2375", url: "http://127.0.0.1:1", api: "http://127.0.0.1:2" }],
  ])("may be on %s", (_name, docker) => {
    expect(faults(docker)).toEqual([]);
  });

  it.each([
    ["TLS without a TCP address", { certPath: "certs" }, "docker.certPath", "is set, but docker.host is not"],
    [
      "an engine that anyone may speak to",
      { host: "tcp://host:2375", url: "http://host", api: "http://127.0.0.1:1" },
      "docker.certPath",
      "is missing, and tcp://host:2375 would be spoken to in plain text",
    ],
    ["another machine with no way in", { host: "ssh://host", api: "http://127.0.0.1:1" }, "docker.url", "is missing, and ssh://host is another machine"],
    ["one port for two", { adminPort: 8100 }, "docker.adminPort", "is 8100, as docker.port"],
    ["an address that is none", { bind: "127.0.0.256" }, "docker.bind", 'is "127.0.0.256"'],
    ["a service without containers", { services: { "voice-api": { image: DIGEST } } }, "docker.services.billing-api", "is missing"],
    ["root", services({ image: DIGEST, user: "0:0" }), "docker.services.voice-api.user", 'is "0:0"'],
    [
      "a flag in the environment",
      services({ image: DIGEST, env: { AGENT_ENABLED: "true" } }),
      "docker.services.voice-api.env.AGENT_ENABLED",
      "is a flag of the catalogue",
    ],
    [
      "a first check that comes too late",
      services({ image: DIGEST, healthInterval: "30s", ready: "30s" }),
      "docker.services.voice-api.healthInterval",
      "is 30000 ms, and ready is 30000 ms",
    ],
    ["a path with what Traefik takes for a template", services({ image: DIGEST, healthPath: "/{{x}}" }), "docker.services.voice-api.healthPath", 'is "/{{x}}"'],
    ["checks without a pause", services({ image: DIGEST, healthInterval: "0s" }), "docker.services.voice-api.healthInterval", "is 0 ms, and ready is 30000 ms"],
    ["patience beyond what an engine can count", services({ image: DIGEST, ready: "999999d" }), "docker.services.voice-api.ready", 'is "999999d"'],
    ["a variable with NUL", services({ image: DIGEST, env: { NAME: "a\0b" } }), "docker.services.voice-api.env.NAME", 'is "a\\u0000b"'],
    ["an argument with NUL", services({ image: DIGEST, command: ["a\0b"] }), "docker.services.voice-api.command[0]", 'is "a\\u0000b"'],
    ["an image in upper case", services({ image: "ghcr.io/Shop/voice:1" }), "docker.services.voice-api.image", 'is "ghcr.io/Shop/voice:1"'],
    ["an image that is a command", services({ image: "voice:1 --privileged" }), "docker.services.voice-api.image", 'is "voice:1 --privileged"'],
    ["a Traefik in upper case", { traefikImage: "Traefik:v3.7.13" }, "docker.traefikImage", 'is "Traefik:v3.7.13"'],
    ["half a digest", services({ image: "voice@sha256:abc" }), "docker.services.voice-api.image", "is voice@sha256:abc, whose digest is none"],
    ["half a digest of Traefik", { traefikImage: "traefik@sha256:abc" }, "docker.traefikImage", "is traefik@sha256:abc, whose digest is none"],
    ["a registry twice", { registries: [registry, registry] }, "docker.registries[1].address", "is ghcr.io once more"],
  ])("may not have %s", (_name, docker, path, found) => {
    expect(faults(docker).map((fault) => ({ path: fault.path, found: fault.found }))).toContainEqual({ path, found });
  });

  it.each(["tcp://127.0.0.1.evil.example:2375", "tcp://127.evil.example", "tcp://127.0.0.1@evil.example:2375"])("does not take %s for this machine", (host) => {
    expect(faults({ host, url: "http://host", api: "http://127.0.0.1:1" }).map(({ path }) => path)).toEqual(["docker.certPath"]);
  });

  it.each([
    "ssh://deploy:correct-horse@host",
    "ssh://deploy:correct@horse@host",
    "tcp://localhost:correct-horse@evil.example",
    "ssh://deploy:correct-horse@ho st",
  ])("does not take the password in %s, and never shows it", (host) => {
    const found = faults({ host, certPath: "certs" });
    expect(found[0]?.path).toBe("docker.host");
    expect(JSON.stringify(found)).not.toMatch(/correct|horse/);
  });

  it.each([
    "voice",
    "voice:1.4.2-RC_1",
    "shop/voice-api__x",
    "GHCR.io/shop/voice",
    "localhost:5000/a/b.c:x",
    "[::1]:5000/voice",
    `ghcr.io/shop/voice:1${DIGEST.slice(5)}`,
  ])("may run the image %s", (image) => {
    expect(faults(services({ image }))).toEqual([]);
  });

  it("refuses a tag that may move in the last stage alone, unless it is declared", () => {
    const tagged = { ...services({ image: "voice:1.4.2" }), traefikImage: `traefik:v3.7.13@sha256:${"b".repeat(64)}` };
    expect(faults(tagged, "staging")).toEqual([]);
    expect(faults({ ...tagged, movingTags: true }, "production")).toEqual([]);
    expect(faults(tagged, "production")).toEqual([
      {
        path: "docker.services.voice-api.image",
        found: "is voice:1.4.2, whose tag may move",
        allowed: "an image by digest (name@sha256:...) in production, or docker.movingTags: true",
        wayOut: "docker image inspect --format '{{index .RepoDigests 0}}' voice:1.4.2",
      },
    ]);
  });

  it("refuses a tag of Traefik too, that of the default as well", () => {
    expect(faults(services({ image: DIGEST }), "staging")).toEqual([]);
    expect(faults(services({ image: DIGEST }), "production")).toEqual([
      {
        path: "docker.traefikImage",
        found: "is traefik:v3.7.13, whose tag may move",
        allowed: "an image by digest (name@sha256:...) in production, or docker.movingTags: true",
        wayOut: "docker image inspect --format '{{index .RepoDigests 0}}' traefik:v3.7.13",
      },
    ]);
  });

  it("wants a registry's password to be a secret, and never shows it", () => {
    expect(faults({ registries: [registry] }, "dev", ["docker"])).toEqual([
      {
        path: "docker.registries[0].password",
        found: "is stored in plain text",
        allowed: "a secret",
        wayOut: "npx pulumi config set --stack dev --secret --path 'docker.registries[0].password', with a new value: the old one is in the file",
      },
    ]);
    expect(JSON.stringify(faults({ registries: [{ ...registry, password: 12_345 }] }))).not.toContain("12345");
    expect(JSON.stringify(faults({ registries: "correct-horse" }))).not.toContain("correct-horse");
  });
});

import { mkdir, mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { requireTraefikDefinitions, TRAEFIK_DEFINITIONS_URL } from "../../../src/setup/traefik-definitions.ts";

let cache: string;
beforeEach(async () => {
  cache = await mkdtemp(join(tmpdir(), "sluice-definitions-"));
  process.env["SLUICE_CACHE"] = cache;
  return async () => {
    delete process.env["SLUICE_CACHE"];
    await rm(cache, { recursive: true });
  };
});

describe("Traefik's resource definitions", () => {
  it("are for everyone at the address of Traefik's own release", () => {
    expect(TRAEFIK_DEFINITIONS_URL).toBe(
      "https://raw.githubusercontent.com/traefik/traefik/v3.7.9/docs/content/reference/dynamic-configuration/kubernetes-crd-definition-v1.yml",
    );
  });

  it("that are not there are asked for by the command that gets them", async () => {
    await expect(requireTraefikDefinitions()).rejects.toThrow("Traefik's resource definitions are not there. First: npm run setup -- --kubernetes");
  });

  it("with another content than the release's are not used", async () => {
    await mkdir(join(cache, "traefik-definitions-3.7.9"));
    await writeFile(join(cache, "traefik-definitions-3.7.9", "kubernetes-crd-definition-v1.yml"), "kind: Other");
    await expect(requireTraefikDefinitions()).rejects.toThrow("are not there");
  });
});

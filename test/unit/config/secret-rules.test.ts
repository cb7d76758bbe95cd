import { describe, expect, it } from "vitest";
import { secretPaths } from "../../../src/config/secret-rules.ts";
import { OperationError } from "../../../src/operations/errors.ts";
import { modelOf } from "../../../src/operations/project.ts";
import { dockerInput } from "../../support/docker/input.ts";
import { catalogInput, faultsOf, localInput } from "../../support/model.ts";

const SECRET = { secure: "v1:c2VjcmV0" };

describe("a secret of a stage's config", () => {
  it("is found by its path", () => {
    const config = { a: SECRET, b: { c: [1, { d: SECRET }] }, e: { secure: true }, f: null };
    expect(secretPaths(config)).toEqual(["a", "b.c[1].d"]);
    expect(secretPaths(SECRET, "docker")).toEqual(["docker"]);
    expect(secretPaths("v1:c2VjcmV0", "docker")).toEqual([]);
  });

  it.each([
    ["docker.services.voice-api.env.TOKEN", "no secret but docker.registries[].password", "fetch it as it starts"],
    ["docker.registries[0].username", "no secret but docker.registries[].password", "fetch it as it starts"],
    ["docker", "no secret but docker.registries[].password", "fetch it as it starts"],
    ["local.host", "no secret", "the environment in which sluice serve was started"],
    ["kubernetes.services.voice-api.env.TOKEN", "no secret", "a Secret of the namespace"],
  ])("at %s is refused, with another way", (path, allowed, way) => {
    const [fault, ...others] = faultsOf({ target: "docker", docker: dockerInput({ port: "correct-horse" }) }, catalogInput(), "dev", [], [path]);
    expect(others).toEqual([]);
    expect(fault).toMatchObject({ path, allowed, found: "is a secret, and would be deployed and stand in the state in plain text" });
    expect(fault?.wayOut).toContain(`npx pulumi config rm --stack dev --path '${path}'`);
    expect(fault?.wayOut).toContain(way);
  });

  it.each(["docker.registries[0].password", "testerSecret", "webhook"])("at %s is kept one", (path) => {
    expect(faultsOf({}, catalogInput(), "dev", [], [path])).toEqual([]);
  });

  it("is refused by the operations too, and shown by none", () => {
    const services = { "voice-api": { image: "voice:1", env: { TOKEN: SECRET } }, "billing-api": { image: "billing:1" } };
    const config = { "sluice:target": "docker", "sluice:docker": dockerInput({ services }), "sluice:local": localInput() };
    const use = (): unknown => modelOf({ root: "/project", name: "sluice", catalog: catalogInput(), backendUrl: null }, "dev", config);
    expect(use).toThrow(OperationError);
    expect(use).toThrow("docker.services.voice-api.env.TOKEN: is a secret");
    expect(use).not.toThrow(SECRET.secure);
  });
});

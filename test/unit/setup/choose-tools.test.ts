import { describe, expect, it } from "vitest";
import { chooseTools, type Purpose } from "../../../src/setup/choose-tools.ts";

function names(purpose: Purpose): string[] {
  return chooseTools("/sluice", purpose).map((tool) => tool.name);
}

const REQUIRED = ["Pulumi CLI", "Traefik"];

describe("the programs that are got", () => {
  it.each([
    ["no stage that can be read", []],
    ["stages on one machine", ["docker", "local"]],
  ])("are the required ones with %s", (_case, targets) => {
    expect(names({ targets, testCluster: false })).toEqual(REQUIRED);
  });

  it("have the provider where a stage is on Kubernetes", () => {
    expect(names({ targets: ["kubernetes", "local"], testCluster: false })).toEqual([...REQUIRED, "Kubernetes provider"]);
  });

  it.each([[["local"]], [["kubernetes"]]])("are all of them once for the tests, with targets %j", (targets) => {
    expect(names({ targets, testCluster: true })).toEqual([
      "etcd",
      "kubectl",
      ...REQUIRED,
      "Traefik resource definitions",
      "Kubernetes provider",
      "Kubernetes control plane",
    ]);
  });
});

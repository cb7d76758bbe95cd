import { describe, expect, it } from "vitest";
import { pluginPath } from "../../../src/targets/kubernetes/plugin-path.ts";

describe("a path of the config, for a plugin", () => {
  it.each([
    ["is the same in every folder that the project is in", "/here/shop", "keys/eu.yaml", "/here/shop", "keys/eu.yaml"],
    ["is the same in another", "/there/shop", "keys/eu.yaml", "/there/shop", "keys/eu.yaml"],
    ["starts from the program's folder where that is another", "/here/shop", "keys/eu.yaml", "/here/sluice", "../shop/keys/eu.yaml"],
    ["may lead out of the project", "/here/shop", "../keys/eu.yaml", "/here/shop", "../keys/eu.yaml"],
    ["stays absolute where it was written so", "/here/shop", "/etc/keys/eu.yaml", "/here/shop", "/etc/keys/eu.yaml"],
  ])("%s", (_, root, path, folder, expected) => {
    expect(pluginPath(root, path, folder)).toBe(expected);
  });
});

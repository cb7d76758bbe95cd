import { describe, expect, it } from "vitest";
import { differingFields } from "../../../../src/operations/kubernetes/differing-fields.ts";
import { sameQuantity } from "../../../../src/operations/kubernetes/quantity.ts";

const SECRET = { "4dabf18193072939515e22adb298388d": "1b47061264138c4ac30d75fd1eb44270", ciphertext: "v1:unseen" };

describe("an object is as the state says", () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>]>([
    ["with what the server and others add", { spec: { replicas: 2 } }, { spec: { replicas: 2, revisionHistoryLimit: 10 }, status: { replicas: 1 } }],
    [
      "with a quantity in another form",
      { spec: { resources: { requests: { cpu: "1000m", memory: "1Gi" } } } },
      { spec: { resources: { requests: { cpu: "1", memory: "1024Mi" } } } },
    ],
    ["with a secret's text in its encoded form", { stringData: { key: "värde" } }, { data: { key: Buffer.from("värde").toString("base64") } }],
    ["where a secret of the state cannot be seen", { spec: SECRET }, { spec: { routes: [] } }],
    [
      "with labels and annotations of others",
      { metadata: { name: "a", labels: { a: "1" } } },
      { metadata: { name: "a", uid: "x", labels: { a: "1", b: "2" }, annotations: { c: "3" } } },
    ],
    ["without what the engine says of its own business", { metadata: { annotations: { "pulumi.com/patchForce": "true" } }, __note: 1 }, { metadata: {} }],
    [
      "with named items in another order",
      {
        ports: [
          { name: "a", port: 1 },
          { name: "b", port: 2 },
        ],
      },
      {
        ports: [
          { name: "b", port: 2 },
          { name: "a", port: 1, protocol: "TCP" },
        ],
      },
    ],
    ["without an empty object that was asked for", { spec: { resources: {}, emptyDir: null } }, { spec: {} }],
  ])("%s", (_name, manifest, live) => {
    expect(differingFields(manifest, live)).toEqual([]);
  });
});

describe("an object differs", () => {
  it.each<[string, Record<string, unknown>, Record<string, unknown>, string[]]>([
    ["in a value", { spec: { replicas: 2 } }, { spec: { replicas: 3 } }, ["spec.replicas"]],
    ["in a value that is gone", { spec: { replicas: 2 } }, {}, ["spec"]],
    ["in a quantity", { limits: { cpu: "1" } }, { limits: { cpu: "1001m" } }, ["limits.cpu"]],
    ["in text that only looks like a quantity", { env: { A: "1000m" } }, { env: { A: "1" } }, ["env.A"]],
    ["in a named item", { containers: [{ name: "a", image: "x:1" }] }, { containers: [{ name: "a", image: "x:2" }] }, ["containers[a].image"]],
    ["in an item by where it stands", { args: ["a", "b"] }, { args: ["b", "a"] }, ["args[0]", "args[1]"]],
    ["in an item too many", { containers: [{ name: "a" }] }, { containers: [{ name: "a" }, { name: "b" }] }, ["containers"]],
    ["in a selector's label too many", { spec: { selector: { a: "1" } } }, { spec: { selector: { a: "1", b: "2" } } }, ["spec.selector.b"]],
    ["in a ConfigMap's key too many", { data: { a: "1" } }, { data: { a: "1", b: "2" } }, ["data.b"]],
    ["in a secret's text", { stringData: { key: "one" } }, { data: { key: "dHdv" } }, ["data.key"]],
  ])("%s", (_name, manifest, live, fields) => {
    expect(differingFields(manifest, live)).toEqual(fields);
  });

  it("in any field of Traefik's that nobody asked for, and in none of its metadata", () => {
    const manifest = {
      apiVersion: "traefik.io/v1alpha1",
      kind: "TraefikService",
      metadata: { name: "a" },
      spec: { weighted: { services: [{ name: "x", weight: 1 }] } },
    };
    const live = { ...manifest, metadata: { name: "a", uid: "1" }, spec: { weighted: { services: [{ name: "x", weight: 1, nativeLB: true }], sticky: {} } } };
    expect(differingFields(manifest, live)).toEqual(["spec.weighted.sticky", "spec.weighted.services[x].nativeLB"].sort());
  });
});

describe("quantities", () => {
  it.each([
    ["1000m", "1"],
    ["1Gi", "1073741824"],
    ["1500M", "1.5G"],
    ["0.5", "500m"],
    ["2", 2],
    ["1e3", "1k"],
    [".5", "0.5"],
  ])("%s is %s", (one, other) => {
    expect(sameQuantity(one, other)).toBe(true);
  });
  it.each([
    ["1", "1001m"],
    ["1G", "1Gi"],
    ["one", "one"],
    ["1", null],
  ])("%s is not %s", (one, other) => {
    expect(sameQuantity(one, other)).toBe(false);
  });
});

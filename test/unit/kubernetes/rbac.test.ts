import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { knownResource } from "../../../src/cluster/kinds.ts";
import { rbacObjects } from "../../../src/kubernetes/rbac.ts";
import { rbacFile } from "../../../src/kubernetes/rbac-file.ts";
import { rightsOf } from "../../../src/kubernetes/rights.ts";

describe("the roles of docs/kubernetes-rbac.yaml", () => {
  it("are those of the rights; npm run generate writes them", () => {
    expect(readFileSync(new URL("../../../docs/kubernetes-rbac.yaml", import.meta.url), "utf8")).toBe(rbacFile());
  });

  it("give no verb on everything, and touch no secrets and no roles", () => {
    const rules = rbacObjects().flatMap((object) => object.rules ?? []);
    expect(rules.flatMap(({ verbs, resources, apiGroups }) => [...verbs, ...resources, ...apiGroups])).not.toContain("*");
    expect(rules.flatMap(({ resources }) => resources)).not.toContain("secrets");
    expect(rules.flatMap(({ apiGroups }) => apiGroups)).not.toContain("rbac.authorization.k8s.io");
  });

  it("are of kinds whose paths are known without asking, so that a kill does not wait for them", () => {
    for (const duty of ["update", "kill", "look"] as const) {
      for (const { apiVersion, kind, plural, scope } of rightsOf(duty, "voice")) {
        expect(knownResource({ apiVersion, kind })).toEqual({ plural, namespaced: scope === "stage" && kind !== "Namespace" });
      }
    }
  });

  it("let a kill change two ConfigMaps by name, and nobody who only looks change anything", () => {
    const changing = ["create", "patch", "delete"];
    const kill = rightsOf("kill", "voice").filter(({ kind, verbs }) => kind === "ConfigMap" && verbs.includes("patch"));
    expect(kill.map(({ names }) => names)).toEqual([["sluice-kills", "sluice-flagd"]]);
    expect(rightsOf("look", "voice").flatMap(({ verbs }) => verbs.filter((verb) => changing.includes(verb)))).toEqual([]);
  });
});

import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { knownResource } from "../../../src/cluster/kinds.ts";
import { rbacObjects } from "../../../src/kubernetes/rbac.ts";
import { rbacFile } from "../../../src/kubernetes/rbac-file.ts";
import { type Duty, type Right, rightsOf } from "../../../src/kubernetes/rights.ts";
import { monitoringDocuments } from "../../../src/monitoring/documents.ts";
import { KUBERNETES_DEFAULTS, monitoringObjects } from "../../../src/monitoring/kubernetes.ts";
import { monitoringInput } from "../../support/monitoring.ts";

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

  it.each(["kill", "look"] as const)("let whoever may update do what sluice-%s may", (duty) => {
    const key = ({ apiVersion, plural, subresource, scope }: Right, name: string | null, verb: string): string =>
      [scope, apiVersion, plural, subresource, name, verb].join(" ");
    const single = (of: Duty): string[] =>
      rightsOf(of, "voice").flatMap((right) => right.verbs.flatMap((verb) => (right.names ?? [null]).map((name) => key(right, name, verb))));
    const given = new Set(single("update"));
    // A right to all objects of a kind is one to each of them.
    const wanted = rightsOf(duty, "voice").flatMap((right) =>
      right.verbs.flatMap((verb) => (given.has(key(right, null, verb)) ? [] : (right.names ?? [null]).map((name) => key(right, name, verb)))),
    );
    expect(wanted.filter((right) => !given.has(right))).toEqual([]);
  });

  it("let whoever may update make every object of a stage's monitoring", () => {
    const objects = monitoringObjects(monitoringDocuments(monitoringInput()), { namespace: "voice", ...KUBERNETES_DEFAULTS });
    const made = rightsOf("update", "voice").filter(({ verbs }) => verbs.includes("create") && verbs.includes("delete"));
    const given = made.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`);
    expect(objects.map(({ apiVersion, kind }) => `${apiVersion} ${kind}`).filter((kind) => !given.includes(kind))).toEqual([]);
  });

  it("are of kinds whose paths are known without asking, so that a kill does not wait for them", () => {
    for (const duty of ["update", "kill", "look"] as const) {
      for (const { apiVersion, kind, plural, scope } of rightsOf(duty, "voice")) {
        expect(knownResource({ apiVersion, kind })).toMatchObject({ plural, namespaced: scope === "stage" && kind !== "Namespace" });
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

import { describe, expect, it } from "vitest";
import type { KubernetesTarget } from "../../../src/model/kubernetes-target.ts";
import { findPlaces, movedFaults, type Place } from "../../../src/preflight/moved.ts";
import { modelFrom } from "../../support/model.ts";

const [A, B] = ["11111111-1111-1111-1111-111111111111", "22222222-2222-2222-2222-222222222222"];
const eu: Place = { key: "eu", context: "prod-eu", kubeconfig: null, id: A, rendered: false };
const us: Place = { key: "us", context: "prod-us", kubeconfig: null, id: null, rendered: false };
const atEu = { context: "prod-eu", id: A };

function targetWith(clusters: Readonly<Record<string, object>>, more: Readonly<Record<string, unknown>> = {}): KubernetesTarget {
  const services = { "voice-api": { image: "a" }, "billing-api": { image: "a" } };
  const { target } = modelFrom({ target: "kubernetes", kubernetes: { namespace: "voice", clusters, services, ...more } }).settings;
  if (target.kind !== "kubernetes") throw new Error(`the target is ${target.kind}`);
  return target;
}

function refused(places: readonly Place[], clusters: Readonly<Record<string, object>>, more: Readonly<Record<string, unknown>> = {}): string[] {
  return movedFaults("dev", places, targetWith(clusters, more), (path) => `../${path}`).map(({ path, allowed }) => `${path}: ${allowed}`);
}

const keepEu = "the key eu, for as long as dev runs there";

describe("a stage goes where its config has it", () => {
  it.each<[string, readonly Place[], Record<string, object>]>([
    ["for the first time", [], { eu: atEu }],
    ["where it is", [eu, us], { eu: atEu, us: { context: "prod-us" } }],
    ["into another cluster besides", [eu], { eu: atEu, us: { context: "prod-us" } }],
    ["out of one of its clusters", [eu, us], { eu: atEu }],
    ["by another name of the context", [eu], { eu: { context: "renamed", id: A } }],
    ["into another cluster with the same context in another kubeconfig", [us], { us: { context: "prod-us" }, ap: { context: "prod-us", kubeconfig: "ap" } }],
    ["into another cluster with the same context and another id instead", [eu], { ap: { context: "prod-eu", id: B } }],
  ])("%s", (_case, places, clusters) => {
    expect(refused(places, clusters)).toEqual([]);
  });
});

describe("a stage stays where it runs", () => {
  it.each<[string, readonly Place[], Record<string, object>, string[]]>([
    ["under another key", [eu], { main: atEu }, [`kubernetes.clusters.main: ${keepEu}`]],
    ["under another key and context, by its id", [eu], { main: { context: "renamed", id: A } }, [`kubernetes.clusters.main: ${keepEu}`]],
    ["under another key and without its id, by its context", [eu], { main: { context: "prod-eu" } }, [`kubernetes.clusters.main: ${keepEu}`]],
    [
      "under another key and from another kubeconfig",
      [us],
      { ap: { context: "prod-us", kubeconfig: "ap" } },
      ["kubernetes.clusters.ap: the key us, for as long as dev runs there"],
    ],
    [
      "under a key more",
      [{ ...us, kubeconfig: "../ap" }],
      { us: { context: "new" }, ap: { context: "prod-us", kubeconfig: "ap" } },
      ["kubernetes.clusters.ap: the key us, for as long as dev runs there"],
    ],
    [
      "with two keys exchanged",
      [eu, us],
      { us: atEu, eu: { context: "prod-us" } },
      [`kubernetes.clusters.us: ${keepEu}`, "kubernetes.clusters.eu: the key us, for as long as dev runs there"],
    ],
  ])("%s", (_case, places, clusters, expected) => {
    expect(refused(places, clusters)).toEqual(expected);
  });

  it("also where its files are to be rendered", () => {
    expect(refused([eu, us], { eu: atEu }, { output: "deploy" })).toEqual(["kubernetes.output: no output, for as long as dev runs there"]);
  });
});

it("files go to another folder or key, and what they were rendered from may go live", () => {
  const files: Place = { key: "eu", context: null, kubeconfig: null, id: null, rendered: true };
  expect(refused([files], { main: atEu }, { output: "elsewhere" })).toEqual([]);
  expect(refused([files], { main: atEu })).toEqual([]);
});

it("where a stage runs is read from the providers of its state, and from no others", () => {
  const urn = (name: string): string => `urn:pulumi:dev::sluice::sluice:kubernetes:Stage$sluice:kubernetes:Cluster$pulumi:providers:kubernetes::${name}`;
  expect(
    findPlaces([
      [urn("eu"), { context: "prod-eu", clusterIdentifier: A, namespace: "voice" }],
      [urn("files"), { renderYamlToDirectory: "deploy/files" }],
      ["urn:pulumi:dev::sluice::pulumi:providers:kubernetes::default", {}],
    ]),
  ).toEqual([eu, { key: "files", context: null, kubeconfig: null, id: null, rendered: true }]);
});

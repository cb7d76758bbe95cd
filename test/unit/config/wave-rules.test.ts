import { describe, expect, it } from "vitest";
import { faultsOf } from "../../support/model.ts";

function faults(first: object, more: object = {}, stage: object = {}): string[] {
  const clusters = { eu: { context: "eu", wave: 1, ...first }, us: { context: "us", wave: 2 } };
  const services = { "voice-api": { image: "a" }, "billing-api": { image: "a" } };
  const kubernetes = { namespace: "voice", clusters, services, ...more };
  return faultsOf({ target: "kubernetes", kubernetes, ...stage }).map(({ path, found }) => `${path} ${found}`);
}

const URL = { url: "http://eu.example" };

describe("clusters in waves", () => {
  it.each([
    ["no url", {}, {}, {}, ["kubernetes.clusters.eu.url is missing, and the clusters after wave 1 wait until this one leads visitors as planned"]],
    ["a url", URL, {}, {}, []],
    ["a bake without metrics", URL, { bake: "10m" }, {}, ["kubernetes.clusters.eu.api is missing, and kubernetes.bake asks for metrics of this wave"]],
    ["a bake with Traefik's API", { ...URL, api: "http://traefik.example" }, { bake: "10m" }, {}, []],
    ["a bake with Prometheus", URL, { bake: "10m" }, { prometheus: "http://prometheus.example" }, []],
    ["rendered files", {}, { output: "rendered" }, {}, []],
    ["one wave only", { wave: 2 }, {}, {}, []],
  ])("need what their gates look at: %s", (_title, first, more, stage, expected) => {
    expect(faults(first, more, stage)).toEqual(expected);
  });
});

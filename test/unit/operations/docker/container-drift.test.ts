import { describe, expect, it } from "vitest";
import type { ListedContainer } from "../../../../src/net/docker/containers.ts";
import { findContainerDrift } from "../../../../src/operations/docker/container-drift.ts";
import type { Checkpoint } from "../../../../src/operations/state-files.ts";

const checkpoint = (inputs: Record<string, unknown>, type = "docker:index/container:Container"): Checkpoint => ({
  resources: [{ urn: `urn:pulumi:dev::shop::${type}::one`, type, inputs, outputs: {}, provider: null }],
  salt: null,
  record: null,
  pending: [],
});
const there: ListedContainer = { name: "one", running: true, fresh: false, health: "healthy", imageId: "sha256:1", labels: {} };
const wanted = { name: "one", image: "sha256:1" };

describe("the drift of a stage's containers", () => {
  it.each([
    ["one that runs", wanted, [there], null],
    ["one that was never checked", wanted, [{ ...there, health: null }], null],
    ["one that is gone", wanted, [], "missing"],
    ["one that was stopped", wanted, [{ ...there, running: false, health: null }], "differs"],
    ["one that is unhealthy", wanted, [{ ...there, health: "unhealthy" as const }], "differs"],
    ["one of another image", wanted, [{ ...there, imageId: "sha256:2" }], "differs"],
    ["one that never starts, and does not run", { ...wanted, start: false }, [{ ...there, running: false, health: null }], null],
    ["one that never starts, of another image", { ...wanted, start: false }, [{ ...there, running: false, imageId: "sha256:2" }], "differs"],
    ["one that never starts, and is gone", { ...wanted, start: false }, [], "missing"],
  ])("of %s", async (_name, inputs, found, state) => {
    expect(await findContainerDrift(checkpoint(inputs), async () => found)).toEqual(state === null ? [] : [{ name: "one", path: "container one", state }]);
  });

  it("has what an update made that was killed, which no state has", async () => {
    const stray = { name: "two", path: "container two", state: "stray" };
    expect(await findContainerDrift(checkpoint(wanted), async () => [there, { ...there, name: "two", running: false }])).toEqual([stray]);
    expect(await findContainerDrift(checkpoint(wanted, "docker:index/network:Network"), async () => [{ ...there, name: "two" }])).toEqual([stray]);
  });

  it("is the engine's where that does not answer", async () => {
    const look = async (): Promise<never> => {
      throw new Error("no Docker engine answers");
    };
    expect(await findContainerDrift(checkpoint(wanted), look)).toEqual([{ name: "Docker engine", path: "no Docker engine answers", state: "missing" }]);
    expect(await findContainerDrift(checkpoint(wanted, "docker:index/network:Network"), look)).toEqual([]);
  });
});

import { describe, expect, it } from "vitest";
import { SdkTypes } from "../../support/docker/plugin/sdk-types.ts";

describe("the stand-in for the Docker plugin", () => {
  const types = new SdkTypes();
  it.each([
    ["an argument that the SDK does not have", { image: "a", pidsLimit: 5 }, "ContainerArgs has no argument pidsLimit"],
    ["a value of another type", { image: "a", memory: "64m" }, 'ContainerArgs.memory is "64m", no number'],
    ["a nested argument that the SDK does not have", { image: "a", healthcheck: { test: ["CMD"] } }, "ContainerArgs.healthcheck has no argument test"],
    ["a missing argument", {}, "ContainerArgs.image is missing"],
    ["one value for a list", { image: "a", envs: "A=b" }, "ContainerArgs.envs is no list"],
  ])("refuses %s", (_name, args, fault) => {
    expect(types.faultsOf("container", "ContainerArgs", args)).toEqual([fault]);
  });
});

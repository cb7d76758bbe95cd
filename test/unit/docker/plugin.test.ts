import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { PULUMI_VERSION } from "../../../src/operations/engine.ts";
import { HOME } from "../../support/project.ts";

const script = join(HOME, "src", "targets", "docker", "plugin", "pulumi-resource-docker");

describe("what runs the Docker plugin", () => {
  it("runs that of the SDK's version, and looks for the Pulumi CLI of ours", () => {
    const sdk: { version: string } = JSON.parse(readFileSync(join(HOME, "node_modules", "@pulumi", "docker", "package.json"), "utf8"));
    const text = readFileSync(script, "utf8");
    expect(text).toContain(`version=${sdk.version}\n`);
    expect(text).toContain(`versions/${PULUMI_VERSION}/bin/pulumi`);
  });

  it("says how to get it where it is missing and cannot be downloaded", async () => {
    const { exitCode, stderr } = await execa(script, [], { env: { PATH: "/usr/bin:/bin", PULUMI_HOME: "/nowhere" }, extendEnv: false, reject: false });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      "The Docker plugin 5.2.0 is not there and could not be downloaded. Where the network allows it: npx pulumi plugin install resource docker 5.2.0; docs/docker.md says how to bring it here.",
    );
  });
});

import { readFileSync } from "node:fs";
import { join } from "node:path";
import { execa } from "execa";
import { describe, expect, it } from "vitest";
import { PULUMI_VERSION } from "../../../src/operations/engine.ts";
import { HOME } from "../../support/project.ts";

const TARGETS = join(HOME, "src", "targets");

it("Pulumi's plugins are looked for with the Pulumi CLI of ours", () => {
  expect(readFileSync(join(TARGETS, "run-plugin.sh"), "utf8")).toContain(`versions/${PULUMI_VERSION}/bin/pulumi`);
});

describe.each(["docker", "kubernetes"])("what runs the plugin of %s", (name) => {
  const script = join(TARGETS, name, "plugin", `pulumi-resource-${name}`);
  const { version }: { version: string } = JSON.parse(readFileSync(join(HOME, "node_modules", "@pulumi", name, "package.json"), "utf8"));

  it("runs that of the SDK's version", () => {
    expect(readFileSync(script, "utf8")).toContain(` ${name} ${version} `);
  });

  it("says how to get it where it is missing and cannot be downloaded", async () => {
    const { exitCode, stderr } = await execa(script, [], { env: { PATH: "/usr/bin:/bin", PULUMI_HOME: "/nowhere" }, extendEnv: false, reject: false });
    expect(exitCode).toBe(1);
    expect(stderr).toContain(
      `The plugin ${name} ${version} is not there and could not be downloaded. Where the network allows it: npx pulumi plugin install resource ${name} ${version}; docs/${name}.md says how to bring it here.`,
    );
  });
});

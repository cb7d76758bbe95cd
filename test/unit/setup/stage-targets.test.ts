import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { beforeEach, describe, expect, it } from "vitest";
import { stringify } from "yaml";
import { stageTargets } from "../../../src/setup/stage-targets.ts";

let root: string;
beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-targets-"));
  await writeFile(join(root, "Pulumi.yaml"), stringify({ name: "shop", config: { "shop:catalog": { value: { stages: ["dev", "staging", "production"] } } } }));
  return () => rm(root, { recursive: true });
});

async function writeStage(stage: string, text: string): Promise<void> {
  await writeFile(join(root, `Pulumi.${stage}.yaml`), text);
}

describe("the targets of a project's stages", () => {
  it("are named once, by the keys of the project", async () => {
    await writeStage("dev", "config: {shop:target: local, other:target: docker}");
    await writeStage("staging", "config: {shop:target: kubernetes}");
    await writeStage("production", "config: {shop:target: kubernetes}");
    expect(await stageTargets(root)).toEqual(["kubernetes", "local"]);
  });

  it("leave out stages that say none, or whose file is missing or broken", async () => {
    await writeStage("dev", "config: {shop:target: 3}");
    await writeStage("staging", "config: [");
    expect(await stageTargets(root)).toEqual([]);
  });
});

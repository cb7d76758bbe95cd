import { appendFile, readdir, readFile, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { expect } from "vitest";
import { parse, stringify } from "yaml";
import { ask } from "../../src/net/ask.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { makeProject } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { targetContract } from "./target.contract.ts";

targetContract("local", async () => {
  const test = await makeProject();
  await test.pulumi(["stack", "init", "dev"]);
  const stackFile = join(test.root, "Pulumi.dev.yaml");
  let serving: Serving | null = null;
  return {
    async deploy({ flags, kill }) {
      const file: { config: Record<string, unknown> } = parse(await readFile(stackFile, "utf8"));
      file.config["sluice:flags"] = flags;
      file.config["sluice:kill"] = kill ?? {};
      await writeFile(stackFile, stringify(file));
      const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
      expect(code, output).toBe(0);
      serving ??= await serveStages(test.root, ["dev"]);
    },
    ask: (path, headers) => ask(test.urlOf("dev"), { path, ...(headers === undefined ? {} : { headers }) }),
    async drift() {
      await appendFile(join(test.root, ".sluice", "dev", "flagd", "flags.json"), "\n");
      const { output } = await test.pulumi(["refresh", "--yes", "--diff", "--stack", "dev"]);
      return output;
    },
    async destroy() {
      const { code, output } = await test.pulumi(["destroy", "--yes", "--stack", "dev"]);
      expect(code, output).toBe(0);
      const entries = await readdir(join(test.root, ".sluice", "dev"), { recursive: true, withFileTypes: true });
      return entries.filter((entry) => entry.isFile()).map((entry) => entry.name);
    },
    async close() {
      await serving?.stop();
      await test.remove();
    },
  };
});

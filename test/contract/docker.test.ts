import { appendFile, readdir } from "node:fs/promises";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { ask } from "../../src/net/ask.ts";
import { startEngine, whyNoEngine } from "../support/docker/dockerd.ts";
import { importImages } from "../support/docker/images.ts";
import { makeDockerProject, suiteName } from "../support/docker/project.ts";
import { writeSettings } from "../support/settings.ts";
import { targetContract } from "./target.contract.ts";

const missing = await whyNoEngine();
if (missing === null) {
  targetContract(await suiteName("docker", missing), async () => {
    const engine = await startEngine();
    await importImages(engine.docker);
    const test = await makeDockerProject(engine);
    await test.pulumi(["stack", "init", "dev"]);
    return {
      async deploy({ flags, kill }) {
        await writeSettings(test.root, "dev", { flags, kill: kill ?? {} });
        const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
        expect(code, output).toBe(0);
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
        const containers = await engine.docker.listContainers({ all: true });
        const networks = await engine.docker.listNetworks();
        return [
          ...entries.filter((entry) => entry.isFile()).map((entry) => entry.name),
          ...containers.flatMap(({ Names }) => Names),
          ...networks.map(({ Name }) => Name).filter((name) => !["none", "host", "bridge"].includes(name)),
        ];
      },
      async close() {
        await test.remove();
        await engine.stop();
      },
    };
  });
} else {
  describe.skip(await suiteName("the target docker", missing), () => {
    it("holds", () => undefined);
  });
}

import { writeFile } from "node:fs/promises";
import { join } from "node:path";
import { z } from "zod";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { HOME, makeProject, type TestProject, testCatalog, writeCatalog } from "./project.ts";
import { serveStages } from "./serving.ts";

/** A served project whose flag can be made to fail, with watches of seconds. */
export interface MoodyProject extends TestProject {
  /** Changes how the variants with the flag behave, from the next request on. */
  setMood(mood: { readonly errors?: number; readonly delay?: number }): Promise<void>;
  stopServing(): Promise<void>;
}

const catalogSchema = z.looseObject({ services: z.record(z.string(), z.looseObject({})), flags: z.record(z.string(), z.looseObject({})) });

/** @param policy what the flag AGENT_ENABLED says beside the rest, such as its watch */
export async function makeMoodyProject(stages: readonly string[], policy: Record<string, unknown> = {}): Promise<MoodyProject> {
  const test = await makeProject();
  const mood = join(test.root, "mood.json");
  const catalog = catalogSchema.parse(testCatalog());
  const command = [process.execPath, join(HOME, "test", "support", "moody-service.ts"), mood];
  await writeCatalog(test.root, {
    ...catalog,
    services: Object.fromEntries(Object.entries(catalog.services).map(([name, service]) => [name, { ...service, command }])),
    flags: {
      AGENT_ENABLED: {
        ...catalog.flags["AGENT_ENABLED"],
        services: ["voice-api"],
        watch: { duration: "2s", interval: "1s", patience: "3s", minimumRequests: 5, metrics: { errors: { kind: "error-ratio" } } },
        ...policy,
      },
    },
  });
  for (const stage of stages) {
    await test.pulumi(["stack", "init", stage]);
    const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", stage]);
    if (code !== 0) throw new Error(output);
  }
  const serving: Serving = await serveStages(test.root, stages);
  return {
    ...test,
    setMood: (change) => writeFile(mood, JSON.stringify(change)),
    stopServing: () => serving.stop(),
    async remove() {
      await serving.stop();
      await test.remove();
    },
  };
}

import { chooseTools } from "../../../src/setup/choose-tools.ts";
import { examine } from "../../../src/setup/setup.ts";
import { HOME } from "../project.ts";

/** Why no test cluster can be started on this machine, for the name of a suite that leaves itself out; null when one can. */
export async function whyNoCluster(): Promise<string | null> {
  if (process.platform !== "linux") return "the test cluster runs on Linux only";
  const reports = await examine(chooseTools(HOME, { targets: [], testCluster: true }));
  const missing = reports.filter(({ found }) => found === null).map(({ tool }) => `${tool.name} ${tool.version}`);
  return missing.length === 0 ? null : `missing: ${missing.join(", ")}; npm run setup -- --kubernetes`;
}

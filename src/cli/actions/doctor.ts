import Table from "cli-table3";
import { chooseTools } from "../../setup/choose-tools.ts";
import { examine } from "../../setup/setup.ts";
import { stageTargets } from "../../setup/stage-targets.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { paint } from "../style.ts";

/** Shows which programs are used. @returns 0 only when none is missing */
export async function doctor(root: string, json: boolean): Promise<number> {
  const reports = await examine(chooseTools(root, { targets: await stageTargets(root), testCluster: false }));
  const code = reports.every((report) => report.found !== null) ? EXIT.ok : EXIT.missing;
  if (json) {
    const node = { name: "Node.js", version: process.versions.node, found: { path: process.execPath, origin: "npm package", version: process.versions.node } };
    printJson({
      tools: [node, ...reports.map(({ tool, found }) => ({ name: tool.name, version: tool.version, found, wayOut: found === null ? tool.wayOut : null }))],
    });
    return code;
  }
  const table = new Table({ head: ["tool", "version", "from", "used / way out"], style: { head: [], border: [] } });
  table.push(["Node.js", process.versions.node, "npm package", process.execPath]);
  for (const { tool, found } of reports) {
    table.push(
      found === null
        ? [tool.name, tool.version, paint("bad", "missing"), `npm run setup, or ${tool.wayOut}`]
        : [tool.name, found.version, found.origin, found.path],
    );
  }
  process.stdout.write(`${table.toString()}\n`);
  return code;
}

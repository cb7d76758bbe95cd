import Table from "cli-table3";
import { examine } from "../../setup/setup.ts";
import { EXIT } from "../exit-codes.ts";

/** Shows which programs are used. @returns 0 only when none is missing */
export async function doctor(root: string): Promise<number> {
  const reports = await examine(root);
  const table = new Table({ head: ["tool", "version", "from", "used / way out"], style: { head: [], border: [] } });
  table.push(["Node.js", process.versions.node, "npm package", process.execPath]);
  for (const { tool, found } of reports) {
    table.push(
      found === null ? [tool.name, tool.version, "missing", `npm run setup, or ${tool.wayOut}`] : [tool.name, found.version, found.origin, found.path],
    );
  }
  process.stdout.write(`${table.toString()}\n`);
  return reports.every((report) => report.found !== null) ? EXIT.ok : EXIT.missing;
}

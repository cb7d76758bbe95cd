import Table from "cli-table3";
import type { Difference } from "../../operations/parity/find-differences.ts";
import { type Parity, readParity } from "../../operations/parity/read-parity.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { paint } from "../style.ts";

/** Shows where two stages differ. @returns 3 when a difference is not declared as meant */
export async function parity(root: string, left: string, right: string, json: boolean): Promise<number> {
  const found = await readParity(root, left, right);
  if (json) printJson(found);
  else process.stdout.write(`${renderParity(found)}\n`);
  return found.differences.every((difference) => difference.reason !== null) ? EXIT.ok : EXIT.refused;
}

function renderParity({ left, right, differences, notes }: Parity): string {
  const undeclared = differences.filter((difference) => difference.reason === null);
  const aside = notes.map((note) => paint("aside", note));
  if (differences.length === 0) return [`${left} and ${right} differ in nothing but exposure.`, ...aside].join("\n");
  const table = new Table({ head: ["setting", left, right, "meant"], style: { head: [], border: [] } });
  for (const difference of differences) table.push([difference.path, difference.left, difference.right, difference.reason ?? paint("bad", "not declared")]);
  const verdict =
    undeclared.length === 0
      ? `${left} and ${right} differ in ${differences.length} settings, all declared as meant.`
      : `${left} and ${right} differ in ${undeclared.length} settings without a declared reason. Make them the same, or say why: ${declaration(right, undeclared)}`;
  return [table.toString(), verdict, ...aside].join("\n");
}

function declaration(stage: string, [first]: readonly Difference[]): string {
  return `npx pulumi config set --stack ${stage} --path 'differs["${first?.path ?? ""}"]' "why it is meant"`;
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { HOME } from "../project.ts";

/** The titles of a file's tests and groups of tests, as they are written there; those that are worked out are left out. */
export function testTitles(file: string): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node): void => {
    if (ts.isCallExpression(node) && isTest(node.expression)) {
      const [title] = node.arguments;
      if (title !== undefined && ts.isStringLiteralLike(title)) titles.push(title.text);
    }
    ts.forEachChild(node, visit);
  };
  visit(ts.createSourceFile(file, readFileSync(join(HOME, file), "utf8"), ts.ScriptTarget.Latest));
  return titles;
}

/** `it` and `describe`, also behind `.each(…)` and `.skipIf(…)`; what is skipped for good proves nothing. */
function isTest(callee: ts.Expression): boolean {
  if (ts.isIdentifier(callee)) return callee.text === "it" || callee.text === "describe";
  if (ts.isPropertyAccessExpression(callee)) return callee.name.text !== "skip" && callee.name.text !== "todo" && isTest(callee.expression);
  return ts.isCallExpression(callee) && isTest(callee.expression);
}

import { readFileSync } from "node:fs";
import { join } from "node:path";
import ts from "typescript";
import { HOME } from "../project.ts";

/**
 * The tests of a file, each as `group > test` with all groups that it is in; titles that are worked out are left out.
 * What is skipped for good proves nothing, so it is not among them; `.skipIf(…)` is.
 * @param text of the file
 */
export function testTitles(file: string, text: string = readFileSync(join(HOME, file), "utf8")): string[] {
  const titles: string[] = [];
  const visit = (node: ts.Node, groups: readonly string[]): void => {
    const test = testOf(node);
    if (test?.skipped === true) return;
    const path = test === null || test.title === null ? groups : [...groups, test.title];
    if (test?.name === "it" && test.title !== null) titles.push(path.join(" > "));
    ts.forEachChild(node, (child) => visit(child, path));
  };
  visit(ts.createSourceFile(file, text, ts.ScriptTarget.Latest), []);
  return titles;
}

interface Called {
  readonly name: string;
  readonly skipped: boolean;
}

/** A test or a group, with its title where it is written there. */
function testOf(node: ts.Node): (Called & { readonly title: string | null }) | null {
  if (!ts.isCallExpression(node) || node.arguments.length < 2) return null;
  const called = calledOf(node.expression);
  const [title] = node.arguments;
  return called === null ? null : { ...called, title: title !== undefined && ts.isStringLiteralLike(title) ? title.text : null };
}

/** `it` or `describe`, also behind `.each(…)` and `.skipIf(…)`; null for anything else. */
function calledOf(callee: ts.Expression): Called | null {
  if (ts.isIdentifier(callee)) return callee.text === "it" || callee.text === "describe" ? { name: callee.text, skipped: false } : null;
  if (ts.isCallExpression(callee)) return calledOf(callee.expression);
  if (!ts.isPropertyAccessExpression(callee)) return null;
  const called = calledOf(callee.expression);
  return called === null ? null : { ...called, skipped: called.skipped || callee.name.text === "skip" || callee.name.text === "todo" };
}

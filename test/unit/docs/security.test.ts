import { describe, expect, it } from "vitest";
import { readPage } from "../../support/docs/page.ts";
import { testTitles } from "../../support/docs/test-titles.ts";
import { cellsOf } from "../../support/markdown.ts";

const PAGE = "docs/security.md";

/** The rows of the tables whose last column is `proven by`. */
function claims(): { readonly claim: string; readonly proofs: readonly (readonly [title: string, file: string])[] }[] {
  let inTable = false;
  return readPage(PAGE)
    .split("\n")
    .flatMap((line) => {
      const cells = line.startsWith("|") ? cellsOf(line).map((cell) => cell.trim()) : [];
      if (cells.at(-1) === "proven by") inTable = true;
      else if (cells.length === 0) inTable = false;
      else if (inTable && !cells.every((cell) => cell === "---")) return [{ claim: cells[0] ?? "", proofs: proofsIn(cells.at(-1) ?? "") }];
      return [];
    });
}

/** Links to tests: each has the test's groups and title as its text. */
function proofsIn(text: string): (readonly [title: string, file: string])[] {
  return [...text.matchAll(/\[([^\]]+)\]\(\.\.\/(test\/[^)]+)\)/g)].map(([, title = "", file = ""]) => [title, file] as const);
}

describe("the claims of docs/security.md", () => {
  it("are there, each with a test", () => {
    expect(claims().length).toBeGreaterThan(20);
    expect(claims().filter(({ proofs }) => proofs.length === 0)).toEqual([]);
  });

  it.each(proofsIn(readPage(PAGE)))("name a test that is there: %s in %s", (title, file) => {
    expect(file).toMatch(/^test\/.*\.test\.ts$/);
    expect(testTitles(file)).toContain(title);
  });
});

describe("the titles of a file's tests", () => {
  it("have their groups before them, also of tables", () => {
    const titles = testTitles("test/unit/docs/security.test.ts");
    expect(titles).toContain("the claims of docs/security.md > name a test that is there: %s in %s");
    expect(titles).toContain("the titles of a file's tests > have their groups before them, also of tables");
  });

  it.each([
    ["of groups in groups", 'describe("a", () => { describe("b", () => { it("c", f); }); it.each([1])("d", f); }); it("e", f);', ["a > b > c", "a > d", "e"]],
    ["of what is skipped on some machines", 'describe.skipIf(x)("a", () => { it.skipIf(y).each([1])("b", f); });', ["a > b"]],
    ["but none that is worked out", 'describe(NAME, () => { it("a", f); it(`b ${c}`, f); });', ["a"]],
    ["but none in a group that is skipped for good", 'describe.skip("a", () => { it("b", f); }); describe.skip.each([1])("c", () => { it("d", f); });', []],
    ["but none that is skipped for good, or to come", 'it.skip("a", f); it.skip.each([1])("b", f); it.todo("c"); it("d");', []],
    ["but none of anything else", 'expect("a", f); other.it("b", f); describe("c", () => {});', []],
  ])("are all %s: %s", (_which, text, titles) => {
    expect(testTitles("some.test.ts", text)).toEqual(titles);
  });
});

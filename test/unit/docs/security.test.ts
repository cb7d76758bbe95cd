import { describe, expect, it } from "vitest";
import { linksOf } from "../../support/docs/links.ts";
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

/** Links to tests: each has the test's title as its text. */
function proofsIn(cell: string): (readonly [string, string])[] {
  const links = linksOf(PAGE, cell);
  const titles = [...cell.matchAll(/\[([^\]]+)\]\(/g)].map(([, title = ""]) => title);
  return links.map(({ path }, index) => [titles[index] ?? "", path] as const);
}

describe("the claims of docs/security.md", () => {
  it("are there, each with a test", () => {
    expect(claims().length).toBeGreaterThan(20);
    expect(claims().filter(({ proofs }) => proofs.length === 0)).toEqual([]);
  });

  it.each(claims().flatMap(({ proofs }) => proofs))("name a test that is there: %s in %s", (title, file) => {
    expect(file).toMatch(/^test\/.*\.test\.ts$/);
    expect(testTitles(file)).toContain(title);
  });
});

describe("the titles of a file's tests", () => {
  it("are those of describe and it, also of tables", () => {
    const titles = testTitles("test/unit/docs/security.test.ts");
    expect(titles).toEqual(expect.arrayContaining(["the claims of docs/security.md", "name a test that is there: %s in %s", "are there, each with a test"]));
    expect(titles).not.toContain(PAGE);
  });
});

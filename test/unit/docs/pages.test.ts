import { describe, expect, it } from "vitest";
import { configFaults } from "../../support/docs/config-faults.ts";
import { existsInRepository, linkFault, linksOf, pathsOf } from "../../support/docs/links.ts";
import { type Block, blocksOf, pages, shownIn } from "../../support/docs/page.ts";

const blocks = pages().flatMap((page) => blocksOf(page));

function placesOf(some: readonly Block[]): string[] {
  return some.map(({ page, line }) => `${page}:${line}`);
}

describe("blocks of the pages", () => {
  it("say of commands whether a test runs them, or why not", () => {
    expect(placesOf(blocks.filter(({ language, mark }) => language === "console" && mark?.kind !== "run" && mark?.kind !== "not run"))).toEqual([]);
  });

  it("have commands under such a mark only, each after a dollar sign", () => {
    const marked = blocks.filter(({ mark }) => mark?.kind === "run" || mark?.kind === "not run");
    expect(placesOf(marked.filter(({ language }) => language !== "console"))).toEqual([]);
    for (const block of marked) expect(shownIn(block).length).toBeGreaterThan(0);
  });

  it("say of YAML which config it is a part of", () => {
    expect(placesOf(blocks.filter(({ language, mark }) => (language === "yaml") !== (mark?.kind === "config")))).toEqual([]);
  });

  it.each(blocks.filter(({ mark }) => mark?.kind === "config").map((block) => ({ block, place: `${block.page}:${block.line}` })))(
    "hold config that is taken: $place",
    ({ block }) => {
      expect(configFaults(block)).toEqual([]);
    },
  );
});

describe.each(pages())("%s", (page) => {
  it("links to what is there", () => {
    expect(linksOf(page).flatMap((link) => linkFault(link) ?? [])).toEqual([]);
  });

  it("names files that are there", () => {
    expect(pathsOf(page).filter((path) => !existsInRepository(path))).toEqual([]);
  });
});

it("README leads to every page", () => {
  const reached = linksOf("README.md").map(({ path }) => path);
  expect(pages().filter((page) => page !== "README.md" && !page.startsWith("docs/decisions/") && !reached.includes(page))).toEqual([]);
});

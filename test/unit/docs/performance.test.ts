import { describe, expect, it } from "vitest";
import { BENCH_PARTS, performanceText } from "../../../src/operations/documents/performance.ts";

const row = { what: "plan | of it", measured: "2 ms", floor: "1 ms", ratio: "2.00", limit: "" };
const text = performanceText((path) =>
  JSON.stringify(path.includes("plan") ? { day: "2026-01-31", machine: "linux x64", rows: [row] } : { day: "", machine: "", rows: [] }),
);

describe("the page of figures", () => {
  it("shows each row of a part that was measured, with day and machine", () => {
    expect(text).toContain("`npm run bench -- plan`, 2026-01-31, linux x64.\n\n| what | measured | floor | ratio | limit |\n");
    expect(text).toContain("| plan &#124; of it | 2 ms | 1 ms | 2.00 | |");
  });

  it("says of a part without figures how they are made", () => {
    for (const part of BENCH_PARTS.filter((name) => name !== "plan")) expect(text).toContain(`No figures are saved yet: \`npm run bench -- ${part} --save\`.`);
  });

  it("says of every part how it is read", () => {
    const paragraphs = text.split("\n\n");
    const titles = paragraphs.flatMap((paragraph, index) => (paragraph.startsWith("## ") ? [index] : []));
    expect(titles).toHaveLength(BENCH_PARTS.length);
    for (const index of titles) expect(paragraphs[index + 1]).toMatch(/^[A-Z].*\.$/);
  });
});

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { codeInCell, escapeMarkdown, fenced, table } from "../../../../src/operations/documents/markdown.ts";
import { cellsOf } from "../../../support/markdown.ts";

const hostile = fc.oneof(
  fc.string({ unit: "binary" }),
  fc.string({ unit: fc.constantFrom("|", "\\", "`", "\n", "<", ">", "*", "_", "[", "]", "(", ")", "a", " ", "\r", "\t", "\u0000", "\u202e", "#", "-") }),
);

describe("text in Markdown", () => {
  it.each([
    ["a | b", "a &#124; b"],
    ["line\nbreak\r\nand\ttab", "line break and tab"],
    ["<script>alert(1)</script>", "&#60;script&#62;alert(1)&#60;/script&#62;"],
    ["[here](javascript:x) ![i](http://x)", "&#91;here&#93;(javascript:x) &#33;&#91;i&#93;(http&#58;//x)"],
    ["see www.example.org, @team", "see www&#46;example.org, &#64;team"],
    ["MY_FLAG stays, _this_ does not lean", "MY_FLAG stays, &#95;this&#95; does not lean"],
    ["bell\u0007, back\u202ewards", "bell·, back·wards"],
    ["&lt; `code` \\| $x$ ~~no~~", "&#38;lt; &#96;code&#96; &#92;&#124; &#36;x&#36; &#126;&#126;no&#126;&#126;"],
  ])("%j is %j", (text, escaped) => {
    expect(escapeMarkdown(text)).toBe(escaped);
  });

  it("is cut at 500 characters", () => {
    expect(escapeMarkdown("x".repeat(501))).toBe(`${"x".repeat(499)}…`);
  });
});

describe("code in a cell", () => {
  it.each([
    ["plain", "`plain`"],
    ["PathPrefix(`/a`)", "``PathPrefix(`/a`)``"],
    ["`all`", "`` `all` ``"],
    ["a|b", "`a\\|b`"],
    ["a\\|b", "<code>a&#92;&#124;b</code>"],
    ["", "<code></code>"],
  ])("%j is %j", (text, code) => {
    expect(codeInCell(text)).toBe(code);
  });
});

it("nothing that a cell says makes another cell or line", () => {
  fc.assert(
    fc.property(hostile, hostile, (one, two) => {
      const lines = table(["a", "b"], [[escapeMarkdown(one), codeInCell(two)]]).split("\n");
      expect(lines).toHaveLength(3);
      expect(cellsOf(lines[2] ?? "")).toHaveLength(2);
    }),
  );
});

it("nothing that code says ends its block", () => {
  fc.assert(
    fc.property(hostile, (text) => {
      const [first = "", ...rest] = fenced(text).split("\n");
      expect(rest.filter((line) => line.trim() === first)).toHaveLength(1);
    }),
  );
});

import { describe, expect, it } from "vitest";
import { markup, renderMarkup } from "../../../../src/cli/board/markup.ts";

describe("markup", () => {
  it.each([
    ["an element", "<script>alert(1)</script>", "&lt;script&gt;alert(1)&lt;/script&gt;"],
    ["a quote that would end an attribute", `" onload="x`, "&quot; onload=&quot;x"],
    ["an apostrophe", "it's", "it&#39;s"],
    ["an entity", "&lt;", "&amp;lt;"],
    ["the end of a comment", "-->", "--&gt;"],
    ["an override of the direction of writing", "safe\u202Etxt.exe", "safe·txt.exe"],
    ["an isolate of it", "\u2066a\u2069", "·a·"],
    ["a character of no width", "a\u200Bb\uFEFFc", "a·b·c"],
    ["control characters", "a\u0000b\u001B[31mc\u009Bd", "a·b·[31mc·d"],
    ["lines", "one\ntwo\r", "one\ntwo·"],
    ["a tab", "a\tb", "a·b"],
    ["letters of any writing", "Füße 日本 עברית 🚦", "Füße 日本 עברית 🚦"],
    ["a very long text", "x".repeat(2_001), `${"x".repeat(2_000)}…`],
    ["a number", 25, "25"],
  ])("shows %s as text", async (_name, value, expected) => {
    expect(await renderMarkup(markup`<p title="${value}">${value}</p>`)).toBe(`<p title="${expected}">${expected}</p>`);
  });

  it("takes markup as it is, alone and in lists", async () => {
    const item = (text: string) => markup`<li>${text}</li>`;
    expect(await renderMarkup(markup`<ul>${["<a>", "b"].map(item)}</ul>${item("c")}`)).toBe("<ul><li>&lt;a&gt;</li><li>b</li></ul><li>c</li>");
  });

  it("shows texts of a list as text", async () => {
    expect(await renderMarkup(markup`${["<b>", "\u202E"]}`)).toBe("&lt;b&gt;·");
  });
});

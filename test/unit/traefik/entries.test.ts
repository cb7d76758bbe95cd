import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { parse } from "yaml";
import { readEntries, writeEntries } from "../../../src/traefik/entries.ts";

const json = fc.jsonValue({ noUnicodeString: false, maxDepth: 3 });
const named = (inner: fc.Arbitrary<unknown>, minKeys = 0) => fc.dictionary(fc.string({ unit: "binary" }), inner, { noNullPrototype: true, minKeys });
const documents = named(fc.oneof(named(fc.oneof(named(json), json)), json), 1);

describe("the entries of a document", () => {
  it("are read back as they were, and are the YAML that others read", () => {
    fc.assert(
      fc.property(documents, (document) => {
        const text = writeEntries(document);
        const expected: unknown = JSON.parse(JSON.stringify(document));
        expect(readEntries(text)).toEqual(expected);
        // The library replaces lone surrogates, as does every file.
        if (text.isWellFormed()) expect(parse(text)).toEqual(expected);
      }),
      { examples: [[{ http: { routers: { "a\u2028": ["\u0085\u2028\u2029\u007f\u009f\ufeff"] } } }]] },
    );
  });

  it("are one line each", () => {
    const text = writeEntries({ http: { routers: { b: { rule: "Host(`b`)" }, a: {} }, services: {} } });
    expect(text).toBe('http:\n  routers:\n    "a": {}\n    "b": {"rule":"Host(`b`)"}\n  services: {}\n');
  });

  it.each([
    ["a block where an entry is one line", 'http:\n  routers:\n    a:\n      rule: "x"\n'],
    ["a value that is no JSON", "http:\n  routers: {a: b}\n"],
    ["a key that is there twice", 'http:\n  routers:\n    "a": {}\n    "a": {}\n'],
    ["what is below nothing", '    "a": {}\n'],
    ["what is below a value", 'http: {}\n  routers:\n    "a": {}\n'],
    ["no mapping", "- a\n"],
  ])("are left to a reader of YAML where a person has written %s", (_what, text) => {
    expect(readEntries(text)).toBeNull();
  });
});

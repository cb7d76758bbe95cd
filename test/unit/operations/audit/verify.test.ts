import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { sealEntry, writeEntry } from "../../../../src/operations/audit/entry.ts";
import { findUnrecorded, isMadeBySluice } from "../../../../src/operations/audit/find-unrecorded.ts";
import { verifyAudit } from "../../../../src/operations/audit/verify.ts";
import type { Update } from "../../../../src/operations/history.ts";
import { chain, draft } from "../../../support/audit.ts";

const entries = chain([1, 2, 3, 4, 5].map((update) => draft({ update, reason: `because of ${update}` })));
const [one, two, three, four, five] = entries.map(writeEntry);
const [, second, third, fourth] = entries;

const faultsOf = (lines: readonly unknown[], stage = "dev"): string[] =>
  verifyAudit(`${lines.join("\n")}\n`, stage).faults.map(({ kind, line, text }) => `${kind} ${line ?? "-"}: ${text}`);
const alone = (changes: Parameters<typeof draft>[0], after: { readonly sequence: number; readonly hash: string } | undefined): string =>
  writeEntry(sealEntry(draft(changes), after ?? null));

describe("an audit", () => {
  it("that is as it was written has no fault, and a head", () => {
    const audit = verifyAudit(`${[one, two, three, four, five].join("\n")}\n`, "dev");
    expect(audit.faults).toEqual([]);
    expect(audit.entries).toEqual(entries);
    expect(audit.head).toEqual({ sequence: 5, hash: entries[4]?.hash });
  });

  it("that was never begun has no fault and no head", () => {
    expect(verifyAudit("", "dev")).toEqual({ entries: [], faults: [], head: null });
  });

  it("whose last line lacks only its end is whole", () => {
    expect(verifyAudit(`${one ?? ""}\n${two ?? ""}`, "dev").faults).toEqual([]);
  });

  const changed = three?.replace("because of 3", "because of 9");
  it.each([
    ["an entry changed", [one, two, changed, four, five], ["changed 3: entry 3 was changed: its hash is that of another text"]],
    ["an entry written in another way", [one, two?.replace('":', '": '), three], ["changed 2: entry 2 was changed: its hash is that of another text"]],
    ["a key added", [one, two?.replace("{", '{"a":1,'), three], ["changed 2: entry 2 was changed: its hash is that of another text"]],
    ["a key said twice", [one, two?.replace("{", '{"by":"eve",'), three], ["changed 2: entry 2 was changed: its hash is that of another text"]],
    [
      "an entry changed with a fitting hash",
      [one, two, alone({ by: "eve" }, second), four, five],
      ["replaced 3: entry 3 was replaced: entry 4 is chained to another"],
    ],
    ["an entry removed", [one, two, four, five], ["removed 3: entry 3 was removed before entry 4"]],
    ["two entries removed", [one, four, five], ["removed 2: entries 2 to 3 were removed before entry 4"]],
    ["the first removed", [two, three], ["removed 1: entry 1 was removed before entry 2"]],
    [
      "the first replaced by a later one with its number",
      [alone({}, { sequence: 0, hash: third?.hash ?? "" })],
      ["removed 1: entry 1 is chained to an entry that is not there"],
    ],
    ["two entries in another order", [one, three, two, four, five], ["reordered 3: entry 2 stands after entry 3"]],
    ["a forged entry inserted", [one, two, alone({ by: "eve" }, second), three, four], ["inserted 3: a second entry 3 was inserted; the other is in line 4"]],
    ["an entry repeated", [one, two, two, three], ["inserted 3: a second entry 2 was inserted; the other is in line 2"]],
    ["a wrong number", [one, two, alone({}, { sequence: 6, hash: second?.hash ?? "" })], ["sequence 3: entry 7 has a wrong number: it is chained to entry 2"]],
    [
      "a torn line, and the chain going on after it",
      [one, two, three?.slice(0, 40), three],
      ["torn 3: the line is torn: it was cut short, or its process died, or the disk was full, while it was written"],
    ],
    [
      "an entry cut short",
      [one, two?.slice(0, 90), three],
      [
        "torn 2: the line is torn: it was cut short, or its process died, or the disk was full, while it was written",
        "removed 3: entry 2 was removed before entry 3",
      ],
    ],
    ["no JSON", [one, "hello", two], ["no-json 2: the line is no JSON"]],
    ["an empty line", [one, "", two], ["no-json 2: the line is no JSON"]],
    ["no entry", [one, '{"by":"eve"}', two], ["no-entry 2: the line is no entry of an audit"]],
    ["a number in words", [one, two?.replace('"sequence":2', '"sequence":"2"')], ["no-entry 2: the line is no entry of an audit"]],
    ["an entry of another stage", [alone({ stage: "staging" }, undefined)], ["other-stage 1: entry 1 is of the stage staging"]],
  ])("shows %s", (_case, lines, faults) => {
    expect(faultsOf(lines)).toEqual(faults);
  });

  it("shows a change of any single character", () => {
    const text = `${[one, two, three].join("\n")}\n`;
    fc.assert(
      fc.property(fc.nat(text.length - 2), fc.constantFrom("0", "x", " ", '"', "{", "}", "\n", "é"), (index, character) => {
        fc.pre(text[index] !== character);
        expect(verifyAudit(text.slice(0, index) + character + text.slice(index + 1), "dev").faults).not.toEqual([]);
      }),
      { numRuns: 500 },
    );
  });

  it("shows every cut, save one at the end of a line", () => {
    const text = `${[one, two, three].join("\n")}\n`;
    for (let length = 1; length < text.length; length += 1) {
      const whole = text[length] === "\n" || text[length - 1] === "\n";
      expect(verifyAudit(text.slice(0, length), "dev").faults.length, `cut at ${length}`).toBe(whole ? 0 : 1);
    }
  });
});

describe("updates without an entry", () => {
  const endedAt = new Date("2027-01-31T01:59:00Z");
  const update = (number: number, message: string, ended = endedAt): Pick<Update, "number" | "message" | "endedAt" | "succeeded" | "changedResources"> => ({
    number,
    message,
    endedAt: ended,
    succeeded: true,
    changedResources: true,
  });

  it.each([
    ["rollback to update 3", true],
    ["sluice promote MY_FLAG to 25 (from update 3)", true],
    ["sluice kill MY_FLAG", true],
    ["rollback to update 3 because of the incident", false],
    ["sluices", false],
    ["", false],
  ])("are ours by their message: %j", (message, ours) => {
    expect(isMadeBySluice(message)).toBe(ours);
  });

  it("are told by their number", () => {
    const history = [
      update(1, ""),
      update(2, "sluice promote MY_FLAG to 5"),
      update(3, "sluice promote MY_FLAG to 25"),
      update(6, "rollback to update 1\nmore"),
    ];
    expect(findUnrecorded(entries, history)).toEqual([]);
    expect(findUnrecorded(entries, [...history, update(7, "rollback to update 1")]).map(({ text }) => text)).toEqual([
      "update 7 (rollback to update 1) has no entry: it was removed, or its process ended before it was written",
    ]);
  });

  it("are not covered by an entry of an earlier stack with that name", () => {
    expect(findUnrecorded(entries, [update(3, "sluice kill MY_FLAG", new Date("2027-02-01"))])).toHaveLength(1);
  });

  it("are not those that failed and changed nothing", () => {
    expect(findUnrecorded([], [{ ...update(9, "sluice kill MY_FLAG"), succeeded: false, changedResources: false }])).toEqual([]);
  });

  it("are those that the caller says", () => {
    expect(findUnrecorded([], [update(1, "by hand")], () => true)).toHaveLength(1);
  });

  it("shows the newest entries removed, which the chain does not", () => {
    const text = `${[one, two, three].join("\n")}\n`;
    const audit = verifyAudit(text, "dev");
    expect(audit.faults).toEqual([]);
    expect(findUnrecorded(audit.entries, [update(4, "sluice settle MY_FLAG"), update(3, "sluice kill MY_FLAG")]).map(({ text: words }) => words)).toEqual([
      "update 4 (sluice settle MY_FLAG) has no entry: it was removed, or its process ended before it was written",
    ]);
    expect(fourth?.update).toBe(4);
  });
});

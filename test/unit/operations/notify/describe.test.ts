import { describe, expect, it } from "vitest";
import { change, describeNotice, type Notice } from "../../../../src/operations/notify/describe.ts";
import { draft } from "../../../support/audit.ts";

const mrkdwn = (text: string): unknown => ({ type: "mrkdwn", text });
const section = (text: string): unknown => ({ type: "section", text: mrkdwn(text) });
const soak = { gate: "soak", holds: false, fact: "3 h of 24 h" };
const order = { gate: "order", holds: true, fact: "fully on in staging" };

describe("a message", () => {
  it("of a start says who, what and why", () => {
    const notice: Notice = { kind: "started", stage: "dev", operation: "promote", subject: "MY_FLAG", by: "ann", reason: null, from: 5, to: 100 };
    expect(describeNotice(notice)).toEqual({
      text: "dev: promote MY_FLAG started",
      blocks: [section("*dev: promote MY_FLAG started*"), { type: "section", fields: [mrkdwn("*who*\nann"), mrkdwn("*what*\n5% → 100%")] }],
    });
  });

  it("of a breach has the figures, five at most", () => {
    const figures = ["p99 1.2 s > 0.5 s", "2", "3", "4", "5", "6", "7"];
    const { text, blocks } = describeNotice({ kind: "breached", stage: "dev", subject: "MY_FLAG", figures, next: "going back to 0%" });
    expect(text).toBe(":rotating_light: dev: MY_FLAG is in breach; going back to 0%");
    expect(blocks[1]).toEqual(section("• p99 1.2 s &gt; 0.5 s\n• 2\n• 3\n• 4\n• 5\nand 2 more"));
  });

  it("of an end has the place in the audit, by which the chain can be held to it", () => {
    const entry = draft({ operation: "rollback", subject: null, from: "update 7", to: "update 3", update: 8, reason: "p99" });
    const { text, blocks } = describeNotice({ kind: "ended", entry, head: { sequence: 12, hash: "ab".repeat(32) } });
    expect(text).toBe(":white_check_mark: dev: rollback: done");
    expect(blocks.slice(1)).toEqual([
      {
        type: "section",
        fields: [mrkdwn("*who*\nann@example.org"), mrkdwn("*what*\nupdate 7 → update 3"), mrkdwn("*why*\np99"), mrkdwn("*update*\n8")],
      },
      { type: "context", elements: [mrkdwn(`audit 12 ${"ab".repeat(32)}`)] },
    ]);
  });

  it("of an end that is not in the audit says so", () => {
    const { text, blocks } = describeNotice({ kind: "ended", entry: draft({ result: "breached", gates: [order, soak] }), head: null });
    expect(text).toBe(":warning: dev: step MY_FLAG: breached");
    expect(blocks.slice(2)).toEqual([section("• soak: 3 h of 24 h"), { type: "context", elements: [mrkdwn("not in the audit: it could not be written")] }]);
  });

  it("escapes what people wrote, on one line, and cuts it before an escape", () => {
    const reason = `<!channel> & <https://evil.example|click>\n\u001b*bold*`;
    const notice: Notice = { kind: "started", stage: "dev", operation: "kill", subject: "MY_FLAG", by: "<".repeat(1_000), reason, from: null, to: null };
    const [, fields] = describeNotice(notice).blocks;
    expect(fields).toEqual({
      type: "section",
      fields: [mrkdwn(`*who*\n${"&lt;".repeat(389)}…`), mrkdwn("*why*\n&lt;!channel&gt; &amp; &lt;https://evil.example|click&gt; *bold*")],
    });
  });

  it("stays within Slack's limits of 3000 characters a section and 2000 a field", () => {
    const long = "&".repeat(5_000);
    const entry = draft({
      by: long,
      reason: long,
      from: long,
      to: long,
      gates: [soak, soak, soak, soak, soak, soak].map((gate) => ({ ...gate, fact: "x".repeat(5_000) })),
    });
    for (const text of JSON.stringify(describeNotice({ kind: "ended", entry, head: null }).blocks).match(/"text":"[^"]*"/g) ?? []) {
      expect(text.length).toBeLessThan(3_000);
    }
  });
});

describe("from where to where", () => {
  it.each([
    [5, 25, "5% → 25%"],
    ["update 7", "update 3", "update 7 → update 3"],
    [null, 0, "? → 0%"],
    [null, null, ""],
  ])("%s to %s", (from, to, expected) => {
    expect(change(from, to)).toBe(expected);
  });
});

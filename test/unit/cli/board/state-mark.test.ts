import { describe, expect, it } from "vitest";
import { renderMarkup } from "../../../../src/cli/board/markup.ts";
import { lookOf, sinceWords, stateMark } from "../../../../src/cli/board/state-mark.ts";
import type { FlagStatus } from "../../../../src/operations/status/flag-status.ts";

const OFF: FlagStatus = {
  exposure: 0,
  since: null,
  testers: false,
  settled: false,
  kill: null,
  routesTaken: [],
  change: null,
  soak: null,
  next: { kind: "full" },
  pending: null,
};
const NOW = new Date("2027-01-31T12:00:00Z");

describe("a state", () => {
  it.each([
    [{}, true, "off", "off"],
    [{ testers: true }, true, "off", "off testers"],
    [{ exposure: 25 }, true, "part", "25%"],
    [{ exposure: 100 }, true, "on", "on"],
    [{ exposure: 100, settled: true }, true, "settled", "on settled"],
    [{ exposure: 100, kill: { by: "standing" as const, subject: "A" } }, true, "killed", "killed"],
    [{ exposure: null }, false, "absent", "not deployed"],
    [{ exposure: null }, null, "unknown", "unreadable"],
  ])("of %j, deployed %s, looks %s and says %s", async (changes, deployed, look, words) => {
    const status = { ...OFF, ...changes };
    expect(lookOf(status, deployed)).toBe(look);
    const text = await renderMarkup(stateMark(status, deployed));
    expect(text).toContain(`<span class="state state-${look}">`);
    expect(text).toContain(`<span class="state-words">${words}</span>`);
    expect(text).toContain('aria-hidden="true"');
  });

  it("fills as much of the disc as visitors have the flag", async () => {
    expect(await renderMarkup(stateMark({ ...OFF, exposure: 25 }, true))).toContain('stroke-dasharray="25 100"');
  });

  it.each([
    [{ since: "2027-01-31T09:55:00Z" }, "since 2h 5m"],
    [{ since: null }, null],
    [{ since: "2027-01-31T09:55:00Z", exposure: null }, null],
    [{ since: "2027-01-31T09:55:00Z", kill: { by: "standing" as const, subject: "A" } }, null],
    [{ since: "2027-01-31T12:00:09Z" }, "since 0s"],
  ])("of %j is so %s", (changes, words) => {
    expect(sinceWords({ ...OFF, ...changes }, NOW)).toBe(words);
  });
});

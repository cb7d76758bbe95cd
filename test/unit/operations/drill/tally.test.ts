import { describe, expect, it } from "vitest";
import type { Answer } from "../../../../src/net/ask.ts";
import { countAnswer, judgeAnswer, NO_ANSWERS } from "../../../../src/operations/drill/tally.ts";

const VISITOR = { now: ["new", "both"], then: ["old", "both", ""] };

function answer(mark: string | null, changes: Partial<Answer> = {}): Answer {
  return { status: 200, headers: mark === null ? {} : { "x-sluice-variant": mark }, body: "", error: null, ...changes };
}

describe("an answer", () => {
  it.each([
    ["of what goes, on the way back", "back", answer("new"), { kind: "old" }],
    ["of what comes, on the way back", "back", answer("old"), { kind: "new" }],
    ["of what goes, on the way forward", "forward", answer("old"), { kind: "old" }],
    ["of what comes, on the way forward", "forward", answer("new"), { kind: "new" }],
    ["that both states give", "back", answer("both"), { kind: "either" }],
    ["of no variant, where the earlier state has no route", "back", answer(null, { status: 404 }), { kind: "new" }],
    ["of the application with status 500", "back", answer("old", { status: 500 }), { kind: "new" }],
    ["with status 503, also of a variant", "back", answer("old", { status: 503 }), { kind: "lost", why: "status 503" }],
    ["that did not come", "back", answer(null, { status: 0, error: "socket hang up" }), { kind: "lost", why: "socket hang up" }],
    ["of another variant", "back", answer("other"), { kind: "lost", why: "an answer of a variant that neither state has for this visitor" }],
  ] as const)("%s", (_case, way, given, verdict) => {
    expect(judgeAnswer(VISITOR, way, given)).toEqual(verdict);
  });

  it("of no variant is lost where both states have the route", () => {
    expect(judgeAnswer({ now: ["new"], then: ["old"] }, "back", answer(null, { status: 404 }))).toEqual({ kind: "lost", why: "status 404 from no variant" });
  });
});

it("a count has the last answer of what goes, and why requests were lost", () => {
  const verdicts = [{ kind: "old" }, { kind: "lost", why: "status 503" }, { kind: "old" }, { kind: "new" }, { kind: "lost", why: "status 503" }] as const;
  const tally = verdicts.reduce((sum, verdict, index) => countAnswer(sum, verdict, index * 10), NO_ANSWERS);
  expect(tally).toEqual({ requests: 5, lost: 2, losses: { "status 503": 2 }, lastOld: 20 });
});

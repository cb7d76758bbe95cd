import { describe, expect, it } from "vitest";
import { z } from "zod/mini";
import { provideCheck } from "../../../src/targets/local/provider/check-kind.ts";

/** A check that looks at names it has not looked at yet, and says which. */
const check = provideCheck({
  schema: z.object({ names: z.array(z.string()), path: z.optional(z.string()) }),
  idOf: () => "one",
  matters: ({ names }) => names,
  changed: (before, { names }) => {
    const added = names.filter((name) => !before.names.includes(name));
    return added.length === 0 ? null : { names: added };
  },
  check: async ({ names }) => `saw ${names.join(", ")}`,
});
const BEFORE = { names: ["a", "b"], path: "/here", seen: "saw a, b" };
const update = async (olds: object, names: readonly string[]): Promise<unknown> => (await check.update("one", "urn", olds, { names })).outs;

describe("a check as a resource", () => {
  it("looks at everything at first, and where the state is of an earlier version", async () => {
    expect(await check.create("urn", { names: ["a", "b"] })).toEqual({ id: "one", outs: { names: ["a", "b"], seen: "saw a, b" } });
    expect(await update({ names: "of another form", seen: "something" }, ["a", "b"])).toEqual({ names: ["a", "b"], seen: "saw a, b" });
  });

  it("looks at what a change has changed, and at nothing where what was seen still holds", async () => {
    expect(await update(BEFORE, ["a", "b", "c"])).toEqual({ names: ["a", "b", "c"], seen: "saw c" });
    expect(await update(BEFORE, ["a"])).toEqual({ names: ["a"], seen: "saw a, b" });
  });

  it("differs by what matters, and by what a preview does not know yet", async () => {
    const differs = async (news: object): Promise<unknown> => (await check.diff("one", "urn", BEFORE, news)).changes;
    expect(await Promise.all([{ names: ["a", "b"], path: "/there" }, { names: ["a"] }, { names: "unknown" }].map(differs))).toEqual([false, true, true]);
  });
});

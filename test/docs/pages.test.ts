import { afterAll, afterEach, beforeAll, describe, it } from "vitest";
import { expectAsShown } from "../support/docs/expect-as-shown.ts";
import { blocksOf, pages } from "../support/docs/page.ts";
import { makeWorld, type World } from "../support/docs/world.ts";

let world: World;
beforeAll(async () => {
  world = await makeWorld();
});
afterEach(() => world.settle());
afterAll(() => world.remove());

/** The blocks of a page that run in the stages of the pages; those of the training have grounds of their own. */
const runnable = pages().flatMap((page) => {
  const blocks = blocksOf(page).flatMap((block) =>
    block.mark?.kind === "run" && block.mark.fixture[0] !== "training" ? [{ ...block, fixture: block.mark.fixture }] : [],
  );
  return blocks.length === 0 ? [] : [{ page, blocks }];
});

describe.each(runnable)("$page", ({ blocks }) => {
  it.each(blocks.map((block) => ({ ...block, title: `line ${block.line}: ${block.lines[0] ?? ""}` })))("$title", async ({ fixture, ...block }) => {
    const env = await world.prepare(fixture);
    await expectAsShown(block, world.root, env);
  });
});

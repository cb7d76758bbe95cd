import { rm } from "node:fs/promises";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { EXERCISES } from "../../src/operations/training/exercises.ts";
import { type Begun, beginExercise } from "../../src/operations/training/training.ts";
import { requireTraefik } from "../../src/setup/traefik.ts";
import { expectAsShown } from "../support/docs/expect-as-shown.ts";
import { type Block, blocksOf, readPage } from "../support/docs/page.ts";
import { HOME } from "../support/project.ts";

const blocks = blocksOf("docs/training.md");

/** First the check without having done anything, then the way through. */
function blocksOfExercise(number: number): Block[] {
  return blocks.filter(({ mark }) => mark?.kind === "run" && mark.fixture[0] === "training" && mark.fixture[1] === String(number));
}

describe.each(EXERCISES)("exercise $number: $title", ({ number, title, task }) => {
  const folder = join(HOME, ".sluice", "tests", `training-${number}-${process.pid}`);
  let begun: Begun;
  beforeAll(async () => {
    begun = await beginExercise(HOME, folder, number, await requireTraefik(), () => undefined);
  });
  afterAll(async () => {
    await begun.stop();
    await rm(folder, { recursive: true, force: true });
  });

  it("is on the page, with its title and its task", () => {
    const text = readPage("docs/training.md");
    expect(text).toContain(`## ${number}. ${title}`);
    for (const sentence of task
      .join(" ")
      .split(/(?<=\.) /)
      .slice(0, 1))
      expect(text.replaceAll("`", "")).toContain(sentence);
  });

  it.each(blocksOfExercise(number).map((block, index) => ({ block, what: index === 0 ? "is not passed by doing nothing" : "is passed by the way through" })))(
    "$what",
    async ({ block }) => {
      await expectAsShown(block, folder);
    },
  );
});

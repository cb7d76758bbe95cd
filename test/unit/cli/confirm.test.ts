import { describe, expect, it } from "vitest";
import { confirmPlan, type Dialogue } from "../../../src/cli/confirm.ts";

function dialogue(isTerminal: boolean, answer: boolean): Dialogue & { readonly said: string[] } {
  const said: string[] = [];
  return {
    said,
    isTerminal,
    write: (text) => void said.push(text),
    ask: (question) => {
      said.push(question);
      return Promise.resolve(answer);
    },
  };
}

const PLAN = ["dev: settle AGENT_ENABLED", "  the variant without it ends"];
const COMMAND = "sluice settle AGENT_ENABLED --stage dev";

describe("a plan", () => {
  it("is shown, asked about, and gone on with after a yes", async () => {
    const person = dialogue(true, true);
    await confirmPlan(PLAN, COMMAND, false, person);
    expect(person.said).toEqual(["dev: settle AGENT_ENABLED\n  the variant without it ends\n", "Go ahead?"]);
  });

  it("is not gone on with after a no", async () => {
    await expect(confirmPlan(PLAN, COMMAND, false, dialogue(true, false))).rejects.toThrow(
      expect.objectContaining({ failure: "refused", message: "Not confirmed; nothing was changed." }),
    );
  });

  it.each([true, false])("is shown and not asked about with --yes (terminal: %s)", async (isTerminal) => {
    const person = dialogue(isTerminal, false);
    await confirmPlan(PLAN, COMMAND, true, person);
    expect(person.said).toEqual(["dev: settle AGENT_ENABLED\n  the variant without it ends\n"]);
  });

  it("is shown and refused where there is no terminal", async () => {
    const person = dialogue(false, true);
    await expect(confirmPlan(PLAN, COMMAND, false, person)).rejects.toThrow(
      expect.objectContaining({
        failure: "refused",
        message: "There is no terminal to confirm this at; nothing was changed. To go ahead without being asked: sluice settle AGENT_ENABLED --stage dev --yes",
      }),
    );
    expect(person.said).toHaveLength(1);
  });
});

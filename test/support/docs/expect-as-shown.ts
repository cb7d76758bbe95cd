import { expect } from "vitest";
import { matchesOutput } from "./match-output.ts";
import { type Block, shownIn } from "./page.ts";
import { runCommands } from "./run-commands.ts";

/**
 * Runs a console block and expects what the page shows, and that each command ends with 0, but for those of which the
 * mark says otherwise, as in `ends 2:3`: the second ends with 3.
 */
export async function expectAsShown(block: Block, root: string, env: Readonly<Record<string, string>> = {}): Promise<void> {
  const fixture = block.mark?.kind === "run" ? block.mark.fixture : [];
  const shown = shownIn(block);
  const ran = await runCommands(
    shown.map(({ command }) => command),
    root,
    env,
  );
  for (const [index, { command, output }] of shown.entries()) {
    const said = ran[index]?.output ?? "";
    if (output.length > 0 && !matchesOutput(output, said, root)) expect(`$ ${command}\n${said}`).toBe(`$ ${command}\n${output.join("\n")}`);
  }
  const transcript = ran.map(({ output, code }, index) => `$ ${shown[index]?.command ?? ""}\n${output}\n[ended with ${code}]`).join("\n");
  expect(
    ran.map(({ code }) => code),
    transcript,
  ).toEqual(endsOf(fixture, shown.length));
}

/** The code that each of some commands ends with, by the words of a mark. @throws Error where the mark names a command that is not there */
export function endsOf(fixture: readonly string[], count: number): number[] {
  const codes = Array.from({ length: count }, () => 0);
  const ends = fixture.includes("ends") ? fixture.slice(fixture.indexOf("ends") + 1) : [];
  for (const word of ends) {
    const [, index = "", code = ""] = /^(\d+):([1-9]\d*)$/.exec(word) ?? [];
    if (code === "" || codes[Number(index) - 1] === undefined) throw new Error(`ends ${word} is none of the ${count} commands with a code, such as 1:3`);
    codes[Number(index) - 1] = Number(code);
  }
  return codes;
}

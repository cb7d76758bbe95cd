import { expect } from "vitest";
import { matchesOutput } from "./match-output.ts";
import { type Block, shownIn } from "./page.ts";
import { runCommands } from "./run-commands.ts";

/**
 * Runs a console block and expects what the page shows, and that each command ends with 0, but for those whose codes
 * the mark gives in order, as in `ends 3`.
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
  const allowed = fixture.includes("ends") ? fixture.slice(fixture.indexOf("ends") + 1).map(Number) : [];
  expect(
    ran.map(({ code }) => code).filter((code) => code !== 0),
    transcript,
  ).toEqual(allowed);
}

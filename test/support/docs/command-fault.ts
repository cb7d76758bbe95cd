import type { Command } from "commander";
import { CommanderError } from "commander";
import { buildProgram } from "../../../src/cli/program.ts";

/** A word of a shell: what stands in quotes is one, as is what runs together; a comment and what follows the command are none. */
const WORD = /\s+|#.*|(?:"(?:\\.|[^"\\])*"|'[^']*'|\\.|[^\s"'\\|;&<>()])+|[|;&<>()]+/g;

/** The words after `npx sluice` of every call of it in a text of code. Calls go to the end of their line. */
export function sluiceCalls(code: string): string[][] {
  return (
    code
      .replaceAll(/\\\n/g, " ")
      .split("\n")
      // What a shell fills in is not known.
      .flatMap((line) =>
        line
          .split("npx sluice ")
          .slice(1)
          .filter((call) => !call.startsWith('"$@"')),
      )
      .map(wordsOf)
  );
}

function wordsOf(text: string): string[] {
  const words: string[] = [];
  for (const [token] of text.matchAll(WORD)) {
    if (/^\s/.test(token)) continue;
    if (/^[#|;&<>()]/.test(token)) break;
    words.push(token.replaceAll(/"((?:\\.|[^"\\])*)"|'([^']*)'/g, (_all, double?: string, single?: string) => double ?? single ?? ""));
  }
  return words;
}

/** Why the program does not take a command; null where it does. Nothing is run. A command by its name alone is only named. */
export async function commandFault(words: readonly string[]): Promise<string | null> {
  const program = await buildProgram("/nowhere", words, () => undefined);
  silence(program);
  if (words.length === 1 && program.commands.some((command) => command.name() === words[0])) return null;
  try {
    await program.parseAsync([...words], { from: "user" });
    return null;
  } catch (error) {
    if (!(error instanceof CommanderError)) throw error;
    return error.exitCode === 0 ? null : `npx sluice ${words.join(" ")}: ${error.message}`;
  }
}

function silence(command: Command): void {
  command.exitOverride().configureOutput({ writeOut: () => undefined, writeErr: () => undefined });
  if (command.commands.length === 0) command.action(() => undefined);
  for (const inner of command.commands) silence(inner);
}

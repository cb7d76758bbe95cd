import { resolve } from "node:path";
import { type Complete, type Command as Completed, script } from "@bomb.sh/tab";
import tab from "@bomb.sh/tab/commander";
import type { Command } from "commander";
import { flagNamesOf, readProject, stagesOf } from "../../operations/project.ts";
import { BASH_COMPLETION } from "../bash-completion.ts";

/** Values of an option or argument by its name; commands that call theirs so are completed without more. */
const NAMES: Readonly<Record<string, "stages" | "flags">> = { stage: "stages", other: "stages", flag: "flags" };

interface ProjectNames {
  readonly stages: readonly string[];
  readonly flags: readonly string[];
}

/** Prints the script that a shell loads; it asks `sluice complete` while a person types. */
export function printCompletionScript(shell: string): void {
  if (shell === "bash") process.stdout.write(BASH_COMPLETION);
  else script(shell, "sluice", "sluice");
}

/** Prints what may stand at the end of a command line, with the stages and flags of the project's own Pulumi.yaml. */
export async function complete(program: Command, root: string, words: readonly string[]): Promise<void> {
  const names = await readNames(projectFolder(root, words));
  const completion = tab(withoutCompletion(program), { completionCommandName: "completion" });
  for (const command of completion.commands.values()) attachNames(command, names);
  completion.parse([...words]);
}

/** The adapter brings commands of its own by the names of ours. */
function withoutCompletion(program: Command): Command {
  const copy = program.createCommand(program.name());
  for (const option of program.options) copy.addOption(option);
  for (const command of program.commands) if (!["completion", "complete"].includes(command.name())) copy.addCommand(command);
  return copy;
}

function attachNames(command: Completed, names: ProjectNames): void {
  for (const [name, kind] of Object.entries(NAMES)) {
    const handler = (give: Complete): void => {
      for (const value of names[kind]) give(value, "");
    };
    const option = command.options.get(name);
    if (option?.isBoolean === false) option.handler = handler;
    const argument = command.arguments.get(name);
    if (argument !== undefined) argument.handler = handler;
  }
}

/** A shell that completes must not be told of faults. */
async function readNames(root: string): Promise<ProjectNames> {
  try {
    const project = await readProject(root);
    return { stages: stagesOf(project), flags: flagNamesOf(project) };
  } catch {
    return { stages: [], flags: [] };
  }
}

/** The folder that the command line being typed names. */
function projectFolder(root: string, words: readonly string[]): string {
  const position = words.findIndex((word) => word === "-C" || word === "--cwd");
  const folder = words[position + 1];
  return position < 0 || folder === undefined ? root : resolve(root, folder);
}

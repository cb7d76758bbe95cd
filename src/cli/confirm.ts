import { OperationError } from "../operations/errors.ts";

/** How a plan is shown and confirmed; tests stand in for the person. */
export interface Dialogue {
  readonly isTerminal: boolean;
  write(text: string): void;
  /** Asks a question that is answered by yes or no. */
  ask(question: string): Promise<boolean>;
}

/** The person at the terminal. Plans go to stderr, so that what a command gives stays alone on stdout. */
const person: Dialogue = {
  isTerminal: process.stdin.isTTY && process.stderr.isTTY,
  write: (text) => process.stderr.write(text),
  ask: askAtTerminal,
};

/**
 * Shows a plan and goes on only when it is confirmed.
 * @param command what would be confirmed, such as `sluice settle AGENT_ENABLED --stage dev`
 * @throws OperationError (`refused`) when the answer is no, or when there is no one to ask
 */
export async function confirmPlan(plan: readonly string[], command: string, yes: boolean, dialogue: Dialogue = person): Promise<void> {
  dialogue.write(`${plan.join("\n")}\n`);
  if (yes) return;
  if (!dialogue.isTerminal) {
    throw new OperationError("refused", `There is no terminal to confirm this at; nothing was changed. To go ahead without being asked: ${command} --yes`);
  }
  if (!(await dialogue.ask("Go ahead?"))) throw new OperationError("refused", "Not confirmed; nothing was changed.");
}

/** Ctrl-C and a closed input are a no. */
async function askAtTerminal(question: string): Promise<boolean> {
  const { default: confirm } = await import("@inquirer/confirm");
  try {
    return await confirm({ message: question, default: false }, { output: process.stderr });
  } catch (error) {
    if (error instanceof Error && error.name === "ExitPromptError") return false;
    throw error;
  }
}

import { Argument, type Command } from "commander";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

const SHELLS = ["bash", "zsh", "fish", "powershell"];

export function register(program: Command, context: Context): void {
  program
    .command("completion")
    .description("print a script that lets a shell complete commands, options, stages and flags")
    .addArgument(new Argument("<shell>", "the shell").choices(SHELLS))
    .addHelpText(
      "after",
      examples(
        ["source <(sluice completion bash)", "in ~/.bashrc"],
        ["source <(sluice completion zsh)", "in ~/.zshrc"],
        ["sluice completion fish | source", "in ~/.config/fish/config.fish"],
        ["sluice completion powershell | Out-String | Invoke-Expression", "in $PROFILE"],
      ),
    )
    .action(async (shell: string) => {
      (await import("../actions/completion.ts")).printCompletionScript(shell);
    });
  program
    .command("complete", { hidden: true })
    .description("what a completion script asks")
    .argument("[words...]", "the command line so far")
    .action(async (words: readonly string[]) => {
      await (await import("../actions/completion.ts")).complete(program, context.root(), words);
    });
}

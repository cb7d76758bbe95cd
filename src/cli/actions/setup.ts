import { Listr } from "listr2";
import { examine, isReady, provideTool, tools } from "../../setup/setup.ts";
import { provideStacks } from "../../setup/stacks.ts";
import { EXIT } from "../exit-codes.ts";

/** Gets what is missing, one after the other, with progress; says nothing when quiet and nothing is missing. */
export async function setup(root: string, quiet: boolean): Promise<number> {
  const reports = await examine(root);
  const complete = reports.every(({ tool, found }) => isReady(tool, found));
  if (!complete || !quiet) {
    const tasks = new Listr(
      tools(root).map((tool) => ({
        title: `${tool.name} ${tool.version}`,
        task: async (_context: unknown, task: { title: string; output: string }) => {
          const found = await provideTool(
            tool,
            atMostOnceASecond((text) => {
              task.output = text;
            }),
          );
          task.title = `${tool.name} ${tool.version}: ${found.path} (${found.origin})`;
        },
      })),
      { rendererOptions: { collapseErrors: false }, fallbackRenderer: "verbose" },
    );
    await tasks.run();
  }
  const made = await provideStacks(root);
  if (made.length > 0)
    process.stdout.write(`stacks made: ${made.join(", ")}; their secrets have the empty passphrase, export PULUMI_CONFIG_PASSPHRASE="" for plain pulumi\n`);
  else if (!quiet) process.stdout.write("stacks: present\n");
  return EXIT.ok;
}

/** Progress comes by the hundred lines; where it is not overwritten, one a second is enough. */
function atMostOnceASecond(show: (text: string) => void): (text: string) => void {
  let last = 0;
  return (text) => {
    if (performance.now() - last < 1_000) return;
    last = performance.now();
    show(text);
  };
}

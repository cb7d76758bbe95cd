import { Listr } from "listr2";
import { chooseTools } from "../../setup/choose-tools.ts";
import { examine, isReady, provideTool } from "../../setup/setup.ts";
import { provideStacks } from "../../setup/stacks.ts";
import { stageTargets } from "../../setup/stage-targets.ts";
import { SetupError, type Tool } from "../../setup/tool.ts";
import { EXIT } from "../exit-codes.ts";

export interface SetupOptions {
  /** Say nothing when nothing is missing. */
  readonly quiet: boolean;
  /** Get what Sluice's own tests against a Kubernetes cluster need, too. */
  readonly kubernetes: boolean;
}

/** Gets what is missing, one after the other, with progress. @throws SetupError for the first that cannot be had */
export async function setup(root: string, { quiet, kubernetes }: SetupOptions): Promise<number> {
  if (kubernetes && process.platform !== "linux")
    throw new SetupError(
      "The tests against a Kubernetes cluster run on Linux only: their cluster's addresses are in 127.0.0.0/8, which other systems do not open as a whole.",
    );
  const tools = chooseTools(root, { targets: await stageTargets(root), testCluster: kubernetes });
  const reports = await examine(tools);
  const complete = reports.every(({ tool, found }) => isReady(tool, found));
  if (!complete || !quiet) await provideAll(tools);
  const made = await provideStacks(root);
  if (made.length > 0)
    process.stdout.write(`stacks made: ${made.join(", ")}; their secrets have the empty passphrase, export PULUMI_CONFIG_PASSPHRASE="" for plain pulumi\n`);
  else if (!quiet) process.stdout.write("stacks: present\n");
  return EXIT.ok;
}

async function provideAll(tools: readonly Tool[]): Promise<void> {
  const tasks = new Listr(
    tools.map((tool) => ({
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

/** Progress comes by the hundred lines; where it is not overwritten, one a second is enough. */
function atMostOnceASecond(show: (text: string) => void): (text: string) => void {
  let last = 0;
  return (text) => {
    if (performance.now() - last < 1_000) return;
    last = performance.now();
    show(text);
  };
}

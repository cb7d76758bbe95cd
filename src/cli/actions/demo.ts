import Table from "cli-table3";
import { Listr } from "listr2";
import { makeDemoProject, removeDemoProject } from "../../operations/demo/demo-project.ts";
import { FLAG, finalMatrix, type Walk, walkSteps } from "../../operations/demo/walk.ts";
import type { Matrix } from "../../operations/matrix.ts";
import { requireTraefik } from "../../setup/traefik.ts";
import { EXIT } from "../exit-codes.ts";

const NEXT = `Go on by hand, on the stages of this project:

  export PULUMI_CONFIG_PASSPHRASE=""     # the committed stacks use the empty one
  npx pulumi up --stack dev              # the flag is off everywhere
  npx sluice serve                       # in another terminal: http://127.0.0.1:8100/voice
  npx pulumi config set --stack dev --path 'flags.ELEVENLABS_AGENT_ENABLED' true
  npx pulumi preview --stack dev --diff  # who will see what
  npx pulumi up --stack dev
  npx sluice rollback --stage dev        # and back, with proof
`;

/** Walks the flag through stages of the demo's own. @returns 0 only when every step did what it says */
export async function demo(home: string): Promise<number> {
  const traefik = await requireTraefik();
  const started = performance.now();
  const walk: Walk = { project: await makeDemoProject(home, FLAG), traefik, serving: null };
  const end = async (): Promise<void> => {
    await walk.serving?.stop();
    await removeDemoProject(walk.project);
  };
  const interrupted = (): void => {
    void end().then(() => process.exit(EXIT.failed));
  };
  process.once("SIGINT", interrupted).once("SIGTERM", interrupted);
  try {
    const tasks = walkSteps(walk).map((step) => ({
      title: step.title,
      task: async (_context: unknown, task: { title: string; output: string }) => {
        const outcome = await step.run((text) => {
          task.output = text;
        });
        task.title = `${step.title}\n  ${outcome}`;
      },
    }));
    await new Listr(tasks, { rendererOptions: { collapseErrors: false }, fallbackRenderer: "simple" }).run();
    const matrix = renderMatrix(await finalMatrix(walk));
    process.stdout.write(`\n${matrix}\n\nEvery step did what it says, in ${((performance.now() - started) / 1000).toFixed(0)} s.\n\n${NEXT}`);
    return EXIT.ok;
  } catch (error) {
    process.stderr.write(`\nThe demo stopped: ${error instanceof Error ? error.message : String(error)}\n`);
    return EXIT.failed;
  } finally {
    await end();
  }
}

/** One row a flag, one column a stage, in per cent of visitors. */
function renderMatrix(matrix: Matrix): string {
  const table = new Table({ head: ["flag", ...matrix.stages], style: { head: [], border: [] } });
  for (const [flag, exposures] of Object.entries(matrix.exposures)) {
    table.push([flag, ...matrix.stages.map((stage) => renderExposure(exposures[stage] ?? null))]);
  }
  return table.toString();
}

function renderExposure(exposure: number | null): string {
  if (exposure === null) return "not deployed";
  return exposure === 0 ? "off" : exposure === 100 ? "on" : `${exposure}%`;
}

import { rm } from "node:fs/promises";
import { join } from "node:path";
import { execa } from "execa";
import { engineEnvironment } from "../src/operations/engine.ts";
import { HOME } from "../test/support/project.ts";
import { EXPOSURES } from "./bench-project.ts";
import { makeEmptyProgram } from "./empty-program.ts";
import { roundsOf, serviceCounts } from "./extent.ts";
import { beside } from "./floors.ts";
import { type LocalBenchStage, makeLocalStage } from "./local-stage.ts";
import { median, type Row } from "./rows.ts";
import { timeOf, timePulumi, UP } from "./run-pulumi.ts";
import { makeWrittenByHand, type WrittenByHand } from "./written-by-hand.ts";

const SIZES = serviceCounts([10, 100, 1_000]);
const ROUNDS = roundsOf(5);
/** How many times its floor a changed flag may take. */
const CHANGE_LIMIT = 2;
/** Of small stages, of so many services at most: how many times what an empty program takes a preview and an update may. */
const [SMALL, SMALL_LIMIT] = [10, 1.5];

/** Preview, update and rollback of stages of growing size beside the same of an empty program and of one written by hand, in turn. */
export async function benchEngine(): Promise<Row[]> {
  const empty = await makeEmptyProgram();
  const rows: Row[] = [];
  try {
    for (const size of SIZES) {
      process.stderr.write(`a stage of ${size} services on this machine …\n`);
      const [stage, byHand] = [await makeLocalStage(size), await makeWrittenByHand()];
      try {
        rows.push(...(await benchSize(stage, byHand, empty, size)));
      } finally {
        await stage.remove();
        await byHand.remove();
      }
    }
    return rows;
  } finally {
    await rm(empty, { recursive: true, force: true });
  }
}

/** Milliseconds of a command: of the stage, of the program written by hand, and of the empty one. */
interface Sample {
  readonly stage: number;
  readonly byHand: number;
  readonly empty: number;
}

async function benchSize(stage: LocalBenchStage, byHand: WrittenByHand, empty: string, size: number): Promise<Row[]> {
  const [previews, changes, idles, rollbacks]: [Sample[], Sample[], Sample[], Sample[]] = [[], [], [], []];
  const inTurn = async (args: readonly string[]): Promise<Sample> => ({
    empty: await timePulumi(empty, args),
    byHand: await timePulumi(byHand.root, args),
    stage: await timePulumi(stage.root, args),
  });
  const others = async (): Promise<Omit<Sample, "stage">> => ({ empty: await timePulumi(empty, UP), byHand: await timePulumi(byHand.root, UP) });
  await timePulumi(stage.root, ["stack", "init"]);
  await stage.configure(EXPOSURES[0]);
  await timePulumi(stage.root, UP);
  await byHand.take(stage.root);
  await timePulumi(byHand.root, UP);
  let resources = 0;
  for (let round = 0; round < ROUNDS; round += 1) {
    await stage.configure(EXPOSURES[1]);
    previews.push({ ...(await previewOf(empty, byHand.root)), stage: await timePulumi(stage.root, ["preview"]) });
    const change = await timePulumi(stage.root, UP);
    resources = await byHand.take(stage.root);
    changes.push({ ...(await others()), stage: change });
    idles.push(await inTurn(UP));
    const back = await timeSluice(stage.root, ["rollback", "--stage", "dev"]);
    await byHand.take(stage.root);
    rollbacks.push({ ...(await others()), stage: back });
  }
  const of = `${size} services (${resources} resources)`;
  const small = size <= SMALL ? SMALL_LIMIT : null;
  return [
    row(`preview of one changed flag of ${of}`, previews, { empty: small, byHand: null }),
    row(`up of one changed flag of ${of}`, changes, small === null ? { empty: CHANGE_LIMIT, byHand: CHANGE_LIMIT } : { empty: small, byHand: null }),
    row(`up of ${of} with nothing to do`, idles, { empty: small, byHand: null }),
    row(`rollback of ${of}, proof included`, rollbacks, { empty: null, byHand: null }),
  ];
}

async function previewOf(empty: string, byHand: string): Promise<Omit<Sample, "stage">> {
  return { empty: await timePulumi(empty, ["preview"]), byHand: await timePulumi(byHand, ["preview"]) };
}

function timeSluice(cwd: string, args: readonly string[]): Promise<number> {
  return timeOf(async () => {
    await execa(process.execPath, [join(HOME, "bin", "sluice.mjs"), ...args], { cwd, env: engineEnvironment() });
  });
}

function row(what: string, samples: readonly Sample[], limits: Readonly<Record<"empty" | "byHand", number | null>>): Row {
  const of = (program: keyof Sample): number => median(samples.map((sample) => sample[program]));
  return beside(what, of("stage"), [
    { name: "an empty program", times: [of("empty")], limit: limits.empty },
    { name: "the same resources written by hand", times: [of("byHand")], limit: limits.byHand },
  ]);
}

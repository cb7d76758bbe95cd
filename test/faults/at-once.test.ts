import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Load, startLoad } from "../../src/operations/demo/load.ts";
import { extent, SEED } from "../support/extent.ts";
import { type MoodyProject, makeMoodyProject } from "../support/moody-project.ts";
import { seededRandom } from "../support/random.ts";
import { writeSettings } from "../support/settings.ts";
import { type Ended, expectNoTrace, mustUp, up } from "../support/stage-commands.ts";
import { type Readings, startReadings } from "../support/whole-readings.ts";

const random = seededRandom(SEED);
/** How often each two meet. */
const ROUNDS = extent(2, 1);

let test: MoodyProject;
let load: Load;
let readings: Readings;

beforeAll(async () => {
  process.stdout.write(`at once: seed ${SEED}\n`);
  test = await makeMoodyProject(["dev"]);
  load = startLoad(test.urlOf("dev"), "/voice", "sluice-1=x", 6, 100);
  readings = startReadings(test.root, "dev");
});
afterAll(async () => {
  await load.stop();
  await readings.stop();
  await test.remove();
});

const update = (): Promise<Ended> => up(test);
const promote = (): Promise<Ended> => test.sluice(["promote", "AGENT_ENABLED", "--stage", "dev", "--to", "25", "--steps", "25", "--yes"]);
const rollback = (): Promise<Ended> => test.sluice(["rollback", "--stage", "dev"]);

/** Says who holds it, as the engine does or as Sluice does. */
const HOLDER = /\(.+@.+, process \d+\)|created by \S+ \(pid \d+\)/;
/** Says what someone else did meanwhile, who holds nothing any more. */
const OVERTAKEN = /someone else has brought AGENT_ENABLED to \d+ per cent|was updated while the rollback was being planned/;
const WAY_OUT = /Wait for it|Either wait for the other process|then run the rollback again|the same command goes on from there/;

interface Pair {
  readonly one: string;
  readonly first: () => Promise<Ended>;
  readonly other: string;
  readonly second: () => Promise<Ended>;
  /** Milliseconds of the second's start after the first's. */
  readonly lag: readonly [number, number];
  /** Whether the second waits for the first, and then comes to its end as well. */
  readonly waits: boolean;
  /** Whether they meet in a taste as well. */
  readonly often: boolean;
}

// The engine's file backend lets none of two through who both see the other's lock: updates begin a moment apart.
const pairs: readonly Pair[] = [
  { one: "an update", first: update, other: "an update", second: update, lag: [50, 400], waits: false, often: false },
  { one: "a promotion", first: promote, other: "a promotion", second: promote, lag: [0, 1_000], waits: false, often: false },
  { one: "a promotion", first: promote, other: "a rollback", second: rollback, lag: [0, 2_000], waits: false, often: true },
  { one: "a rollback", first: rollback, other: "a promotion", second: promote, lag: [0, 400], waits: false, often: false },
  { one: "an update", first: update, other: "a rollback", second: rollback, lag: [100, 500], waits: false, often: false },
  { one: "an update", first: update, other: "a promotion", second: promote, lag: [100, 400], waits: true, often: false },
];
const meetings = pairs
  .filter(({ often }) => extent(true, often))
  .flatMap((pair) => Array.from({ length: ROUNDS }, () => ({ ...pair, after: Math.round(pair.lag[0] + random() * (pair.lag[1] - pair.lag[0])) })));

describe(`two at once (seed ${SEED})`, () => {
  it.each(meetings)("$one, and $other $after ms later: one wins, and the other waits or says who holds it", async ({ first, second, after, waits }) => {
    for (const exposure of [1, 5]) {
      await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: exposure } });
      await mustUp(test);
    }
    if (first === update) await writeSettings(test.root, "dev", { flags: { AGENT_ENABLED: first === second ? 25 : 5 } });
    const both = await Promise.all([first(), pause(after).then(second)]);
    const said = both.map(({ code, output }) => `${code}: ${output}`).join("\n---\n");
    const losers = both.filter(({ code }) => code !== 0);
    expect(losers, said).toHaveLength(waits ? 0 : 1);
    for (const { output } of losers) {
      expect(HOLDER.test(output) || OVERTAKEN.test(output), output).toBe(true);
      expect(output).toMatch(WAY_OUT);
      expectNoTrace(output);
    }
    const verified = await test.sluice(["verify", "--stage", "dev", "--visitors", "100"]);
    expect(verified.code, verified.output).toBe(0);
    const unapplied = await test.pulumi(["preview", "--refresh", "--expect-no-changes", "--stack", "dev"]);
    expect(unapplied.code, unapplied.output).toBe(0);
    const next = await rollback();
    expect(next.code, next.output).toBe(0);
    expect(readings.faults).toEqual([]);
  });

  it("lose no visitor", async () => {
    expect(await load.stop()).toMatchObject({ lost: 0 });
  });
});

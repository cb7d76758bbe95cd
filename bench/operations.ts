import { spawn } from "node:child_process";
import { readFile, rm } from "node:fs/promises";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { traefikPath } from "../src/files/stage-folder.ts";
import { writeAtomically } from "../src/files/write-atomically.ts";
import { awaitMarker } from "../src/net/running-traefik.ts";
import { markerIn, newRevision, REVISION_PREFIX } from "../src/traefik/names.ts";
import { type MoodyProject, makeMoodyProject } from "../test/support/moody-project.ts";
import { HOME } from "../test/support/project.ts";
import { makeEmptyProgram, timePulumi } from "./empty-program.ts";
import { median, type Row } from "./rows.ts";
import { underLoad } from "./under-load.ts";

const ROUNDS = 5;
const BREACHES = 3;
/** Requests a second while times are taken: enough to see the last response of a variant, few enough to leave the machine to what is measured. */
const RATE = 50;
/** Requests a second while losses are counted; the load, Traefik and the services then share the machine with the operation. */
const LOSS_RATE = 500;
/** Of a kill, in milliseconds from the command to the last response of the variant. */
const KILL_LIMIT = 300;
/** Between two samples of the breaching promotion, in milliseconds. */
const INTERVAL = 1_000;
const POLICY = { watch: { duration: "5m", interval: "1s", minimumRequests: 5, metrics: { errors: { kind: "error-ratio" } } } };

/** Time to safety under load: a rollback, a kill, and a breach that nobody sees; each with the requests that it cost. */
export async function benchOperations(): Promise<Row[]> {
  const test = await makeMoodyProject(["dev"], POLICY);
  const empty = await makeEmptyProgram();
  try {
    const floors: { up: number; reload: number }[] = [];
    const rollbacks: Seen[] = [];
    const kills: Seen[] = [];
    for (let round = 0; round < ROUNDS; round += 1) {
      floors.push(
        await underLoad(test.urlOf("dev"), RATE, async () => ({
          up: await timePulumi(empty, ["up", "--yes", "--skip-preview"]),
          reload: await timeReload(test),
        })).then(({ result }) => result),
      );
      await raise(test);
      rollbacks.push(await timeOff(test, ["rollback", "--stage", "dev"]));
      await raise(test);
      kills.push(await timeOff(test, ["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench"]));
      await run(test, ["revive", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench", "--yes"]);
      await run(test, ["rollback", "--stage", "dev", "--to", "1"]);
    }
    await raise(test);
    const rollbackLoss = await timeOff(test, ["rollback", "--stage", "dev"], LOSS_RATE);
    await raise(test);
    const killLoss = await timeOff(test, ["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench"], LOSS_RATE);
    await run(test, ["revive", "AGENT_ENABLED", "--stage", "dev", "--reason", "bench", "--yes"]);
    await run(test, ["rollback", "--stage", "dev", "--to", "1"]);
    const floor = median(floors.map(({ up, reload }) => up + reload));
    const rollback = median(rollbacks.map(({ off }) => off));
    const kill = median(kills.map(({ off }) => off));
    const breaches: Seen[] = [];
    for (let round = 0; round < BREACHES; round += 1) breaches.push(await timeBreach(test));
    const breach = median(breaches.map(({ off }) => off));
    return [
      row("rollback: from command to the last response of the variant; floor: up of an empty program and a reload", rollback, floor, 1.5 * floor, rollbacks),
      row("kill: the same; floor: a reload", kill, median(floors.map(({ reload }) => reload)), KILL_LIMIT, kills),
      lossRow("rollback", rollbackLoss),
      lossRow("kill", killLoss),
      row(`breach to traffic off; floor: an interval of ${INTERVAL} ms and a rollback`, breach, INTERVAL + rollback, INTERVAL + rollback, breaches),
    ];
  } finally {
    await test.remove();
    await rm(empty, { recursive: true, force: true });
  }
}

interface Seen {
  /** Milliseconds to the last response of the variant with the flag. */
  readonly off: number;
  readonly requests: number;
  readonly lost: number;
}

function row(what: string, measured: number, floor: number, limit: number, seen: readonly Seen[]): Row {
  const requests = seen.reduce((sum, { requests: own }) => sum + own, 0);
  const lost = seen.reduce((sum, { lost: own }) => sum + own, 0);
  return {
    what: `${what} (${lost} of ${requests} requests lost at ${RATE} a second)`,
    measured: `${measured.toFixed(0)} ms`,
    floor: `${floor.toFixed(0)} ms`,
    ratio: (measured / floor).toFixed(2),
    limit: `${limit.toFixed(0)} ms, none lost: ${measured <= limit && lost === 0 ? "held" : "MISSED"}`,
  };
}

function lossRow(what: string, { off, requests, lost }: Seen): Row {
  return {
    what: `${what} at ${LOSS_RATE} requests a second: lost`,
    measured: `${lost} of ${requests}, off after ${off.toFixed(0)} ms`,
    floor: "0",
    ratio: "",
    limit: `none lost: ${lost === 0 ? "held" : "MISSED"}`,
  };
}

/** Runs `sluice` to its end under load. */
async function timeOff(test: MoodyProject, args: readonly string[], rate = RATE): Promise<Seen> {
  let started = 0;
  const seen = await underLoad(test.urlOf("dev"), rate, async () => {
    started = performance.now();
    await run(test, args);
  });
  return { off: seen.lastOn - started, requests: seen.requests, lost: seen.lost };
}

/** How long Traefik takes from a new document to routing by it. */
async function timeReload(test: MoodyProject): Promise<number> {
  const path = traefikPath(join(test.root, ".sluice", "dev"));
  const text = await readFile(path, "utf8");
  const marker = `${REVISION_PREFIX}${newRevision()}`;
  const started = performance.now();
  await writeAtomically(path, text.replaceAll(markerIn(text) ?? "", marker), 0o600);
  await awaitMarker(`http://127.0.0.1:${test.portOf("dev") + 1}`, () => Promise.resolve(marker));
  return performance.now() - started;
}

/** A promotion whose variant begins to fail while it is watched. */
async function timeBreach(test: MoodyProject): Promise<Seen> {
  let broken = 0;
  const seen = await underLoad(test.urlOf("dev"), RATE, async () => {
    const child = spawn(process.execPath, [join(HOME, "bin", "sluice.mjs"), "promote", "AGENT_ENABLED", "--stage", "dev", "--steps", "25", "--yes", "--json"], {
      cwd: test.root,
      stdio: ["ignore", "pipe", "inherit"],
    });
    let looks = 0;
    createInterface({ input: child.stdout }).on("line", (line) => {
      if (!line.includes('"kind":"watching"')) return;
      looks += 1;
      if (looks !== 3) return;
      broken = performance.now();
      void test.setMood({ errors: 0.5 });
    });
    await new Promise((resolve) => child.once("exit", resolve));
  });
  await test.setMood({});
  return { off: seen.lastOn - broken, requests: seen.requests, lost: seen.lost };
}

async function raise(test: MoodyProject): Promise<void> {
  for (const args of [
    ["config", "set", "--stack", "dev", "--path", "flags.AGENT_ENABLED", "25"],
    ["up", "--yes", "--skip-preview", "--stack", "dev"],
  ]) {
    const { code, output } = await test.pulumi(args);
    if (code !== 0) throw new Error(output);
  }
}

async function run(test: MoodyProject, args: readonly string[]): Promise<void> {
  const { code, output } = await test.sluice(args);
  if (code !== 0) throw new Error(output);
}

import { spawn } from "node:child_process";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { type MoodyProject, makeMoodyProject } from "../test/support/moody-project.ts";
import { HOME } from "../test/support/project.ts";
import { escapeBy, untilOn } from "./escape.ts";
import { roundsOf } from "./extent.ts";
import { kill, raiseTo, revive, rollBack } from "./flag-commands.ts";
import { median, type Row, verdict } from "./rows.ts";
import { underLoad } from "./under-load.ts";
import type { Escape } from "./way-to-safety.ts";

const ROUNDS = roundsOf(3);
/** Per cent of visitors who see the flag when it is taken off. */
const EXPOSURE = 25;
/** Requests a second while times are taken: enough to see the last response of a variant, few enough to leave the machine to what is measured. */
const RATE = 50;
/** Requests a second while losses are counted; the load, Traefik and the services then share the machine with the operation. */
const LOSS_RATE = 500;
/** Between two samples of the breaching promotion, in milliseconds. */
const INTERVAL = 1_000;
const POLICY = { watch: { duration: "5m", interval: "1s", minimumRequests: 5, metrics: { errors: { kind: "error-ratio" } } } };

/** A breach that nobody sees, and the requests that a rollback and a kill cost under heavy load. */
export async function benchOperations(): Promise<Row[]> {
  const test = await makeMoodyProject(["dev"], POLICY);
  try {
    const rollbackLoss = await escapeFrom(test, () => rollBack(test), LOSS_RATE);
    const killLoss = await escapeFrom(test, () => kill(test), LOSS_RATE);
    await revive(test);
    await rollBack(test, "--to", "1");
    const [rollbacks, breaches]: [Escape[], Omit<Escape, "left">[]] = [[], []];
    for (let round = 0; round < ROUNDS; round += 1) {
      rollbacks.push(await escapeFrom(test, () => rollBack(test), RATE));
      breaches.push(await timeBreach(test));
    }
    return [lossRow("rollback", rollbackLoss), lossRow("kill", killLoss), breachRow(breaches, rollbacks)];
  } finally {
    await test.remove();
  }
}

async function escapeFrom(test: MoodyProject, way: () => Promise<void>, rate: number): Promise<Escape> {
  await raiseTo(test, EXPOSURE);
  await untilOn(test.urlOf("dev"));
  return escapeBy(test.urlOf("dev"), way, () => Promise.resolve(null), rate);
}

function lossRow(what: string, { off, requests, lost }: Escape): Row {
  return {
    what: `${what} at ${LOSS_RATE} requests a second: lost`,
    measured: `${lost} of ${requests}, off after ${off.toFixed(0)} ms`,
    floor: "0",
    ratio: "",
    limit: `none lost: ${verdict(lost === 0)}`,
  };
}

function breachRow(breaches: readonly Omit<Escape, "left">[], rollbacks: readonly Escape[]): Row {
  const time = median(breaches.map(({ off }) => off));
  const floor = INTERVAL + median(rollbacks.map(({ off }) => off));
  const requests = breaches.reduce((sum, breach) => sum + breach.requests, 0);
  const lost = breaches.reduce((sum, breach) => sum + breach.lost, 0);
  return {
    what: `breach to traffic off; floor: an interval of ${INTERVAL} ms and a rollback (${lost} of ${requests} requests lost at ${RATE} a second)`,
    measured: `${time.toFixed(0)} ms`,
    floor: `${floor.toFixed(0)} ms`,
    ratio: (time / floor).toFixed(2),
    limit: `${floor.toFixed(0)} ms, none lost: ${verdict(time <= floor && lost === 0)}`,
  };
}

/** A promotion whose variant begins to fail while it is watched. */
async function timeBreach(test: MoodyProject): Promise<Omit<Escape, "left">> {
  let broken = 0;
  const seen = await underLoad(test.urlOf("dev"), RATE, async () => {
    const child = spawn(
      process.execPath,
      [join(HOME, "bin", "sluice.mjs"), "promote", "AGENT_ENABLED", "--stage", "dev", "--steps", String(EXPOSURE), "--yes", "--json"],
      { cwd: test.root, stdio: ["ignore", "pipe", "inherit"] },
    );
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
  if (broken === 0) throw new Error("the promotion ended before its third sample, so that nothing broke");
  return { off: seen.lastOn - broken, requests: seen.requests, lost: seen.lost };
}

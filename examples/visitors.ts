/**
 * Visitors to try a promotion with: `node examples/visitors.ts http://127.0.0.1:8100/voice 20 60` sends 20
 * requests a second for 60 seconds, each by a newcomer, and says how many saw the flag and how many failed.
 */
import { setTimeout as sleep } from "node:timers/promises";

const [address = "http://127.0.0.1:8100/voice", rate = "20", seconds = "60"] = process.argv.slice(2);
const end = performance.now() + Number(seconds) * 1000;
const seen = { requests: 0, withFlag: 0, failed: 0 };

async function visit(): Promise<void> {
  seen.requests += 1;
  try {
    const response = await fetch(address, { signal: AbortSignal.timeout(10_000) });
    const body = await response.text();
    if (!response.ok) seen.failed += 1;
    if (body.includes('"true"')) seen.withFlag += 1;
  } catch {
    seen.failed += 1;
  }
}

const visits: Promise<void>[] = [];
while (performance.now() < end) {
  visits.push(visit());
  await sleep(1000 / Number(rate));
}
await Promise.all(visits);
process.stdout.write(`${seen.requests} requests: ${seen.withFlag} saw the flag, ${seen.failed} failed\n`);

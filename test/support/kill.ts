import { readFile } from "node:fs/promises";
import { join } from "node:path";
import { type Kill, type KillEvent, kill } from "../../src/operations/kill/kill.ts";
import { reconcile } from "../../src/operations/kill/reconcile.ts";
import type { TestProject } from "./project.ts";
import { testCatalog } from "./project.ts";

export interface KillRun {
  readonly kill: Kill;
  readonly events: readonly KillEvent[];
  /** Moment of `performance.now()` at which Traefik routed without it; null when none ran. */
  readonly off: number | null;
}

/** Kills a flag or a route in dev. */
export async function killIn(test: TestProject, name: string): Promise<KillRun> {
  const events: KillEvent[] = [];
  const started = performance.now();
  const done = await kill(test.root, "dev", name, started, (event) => events.push(event));
  return { kill: done, events, off: done.trafficOff === null ? null : started + done.trafficOff };
}

/** Brings the state along. @returns what happened */
export async function reconciled(run: KillRun): Promise<readonly KillEvent[]> {
  const events: KillEvent[] = [];
  await reconcile(run.kill, "a test", (event) => events.push(event));
  return events;
}

/** A document of dev. */
export function documentPath(test: TestProject, ...path: readonly string[]): string {
  return join(test.root, ".sluice", "dev", ...path);
}

/** The kills of dev that no update has taken up; null where there are none. */
export async function standingKills(test: TestProject): Promise<string | null> {
  return readFile(documentPath(test, "kills.json"), "utf8").catch(() => null);
}

/** The catalogue of test projects, with a second flag that requires the first. */
export function killCatalog(): Record<string, unknown> & { readonly flags: Readonly<Record<string, unknown>> } {
  const second = { description: "Show transcripts", owner: "voice", expires: "9999-12-31", services: ["voice-api"], requires: ["AGENT_ENABLED"] };
  const catalog = testCatalog();
  const routes = { transcripts: { rule: "PathPrefix(`/transcripts`)", service: "voice-api" } };
  const flags = typeof catalog["flags"] === "object" && catalog["flags"] !== null ? catalog["flags"] : {};
  return { ...catalog, flags: { ...flags, TRANSCRIPTS_ENABLED: { ...second, routes } } };
}

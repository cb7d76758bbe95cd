import { setTimeout as pause } from "node:timers/promises";
import { z } from "zod";
import { VARIANT_HEADER } from "../../src/model/headers.ts";
import { type Answer, ask, keepAliveAgent } from "../../src/net/ask.ts";

/** One request of a visitor, and what the example service said of itself. Moments are milliseconds of `performance.now()`. */
export interface Visit {
  readonly sent: number;
  readonly answered: number;
  readonly status: number;
  /** What the response header says of the variant; empty where none does. */
  readonly mark: string;
  readonly pid: number;
  /** The flags that the service sees on, by their names. */
  readonly on: readonly string[];
}

export interface Visits {
  /** All up to now. */
  readonly seen: readonly Visit[];
  /** Ends the visitors. @returns all visits, in the order of their answers */
  stop(): Promise<readonly Visit[]>;
}

const body = z.object({ pid: z.number(), flags: z.record(z.string(), z.string()) });

/** Milliseconds between the answer to a visitor and the next request: a rhythm, so that the machine is left to the others. */
const RHYTHM = 8;

/** Keeps visitors coming, one for each pair of a path and a cookie; an empty cookie is a newcomer each time. */
export function startVisits(url: string, visitors: readonly (readonly [path: string, cookie: string])[]): Visits {
  const agent = keepAliveAgent();
  const seen: Visit[] = [];
  const running = { on: true };
  const visitor = async (path: string, cookie: string): Promise<void> => {
    const headers: Record<string, string> = cookie === "" ? {} : { cookie };
    while (running.on) {
      const sent = performance.now();
      seen.push(toVisit(sent, await ask(url, { path, headers }, agent)));
      await pause(RHYTHM);
    }
  };
  const done = Promise.all(visitors.map(([path, cookie]) => visitor(path, cookie)));
  return {
    seen,
    async stop() {
      running.on = false;
      await done;
      agent.destroy();
      return seen;
    },
  };
}

/** What an answer says of the variant that gave it. */
export function toVisit(sent: number, answer: Answer): Visit {
  const parsed = body.safeParse(parseOrNull(answer.body));
  const { pid, flags } = parsed.success ? parsed.data : { pid: 0, flags: {} };
  const on = Object.entries(flags).flatMap(([name, value]) => (value === "true" ? [flagName(name)] : []));
  return { sent, answered: performance.now(), status: answer.status, mark: String(answer.headers[VARIANT_HEADER.toLowerCase()] ?? ""), pid, on };
}

function flagName(name: string): string {
  return name
    .replace(/^x-flag-/, "")
    .replaceAll("-", "_")
    .toUpperCase();
}

/** The visits that no application answered. */
export function lost(visits: readonly Visit[]): readonly Visit[] {
  return visits.filter(({ status }) => status !== 200);
}

function parseOrNull(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}

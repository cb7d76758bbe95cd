import { setTimeout as sleep } from "node:timers/promises";
import pRetry from "p-retry";
import { redact } from "../audit/redact.ts";
import type { Message } from "./describe.ts";
import type { Webhook } from "./webhook.ts";

/** Tells people by a webhook, beside the work and never in its way. */
export interface Notifier {
  /** Sends a message after those before it; returns at once and never throws. */
  tell(message: Message): void;
  /**
   * Waits until everything told has been sent, at most for the limit in milliseconds; what is not out by
   * then is dropped.
   * @returns in words what did not arrive, without the address; null when everything did
   */
  drain(limit: number): Promise<{ readonly failed: string | null }>;
}

export interface NotifierOptions {
  /** Milliseconds for one try. */
  readonly tryLimit?: number;
  /** Milliseconds after which no further try of a message begins. */
  readonly totalLimit?: number;
  /** Tries after the first. */
  readonly retries?: number;
  /** Milliseconds before the second try; doubled for each one after. */
  readonly firstDelay?: number;
}

/** A try that failed, in words without the address. */
class Undelivered extends Error {
  readonly worthRetrying: boolean;

  constructor(message: string, worthRetrying: boolean) {
    super(message);
    this.worthRetrying = worthRetrying;
  }
}

/**
 * @param webhook an address, null for none, or the search for it, which is not waited for
 */
export function createNotifier(webhook: string | null | Promise<Webhook>, options: NotifierOptions = {}): Notifier {
  const stop = new AbortController();
  const found = findAddress(webhook);
  let told = 0;
  let arrived = 0;
  let reason = "";
  let queue = Promise.resolve();
  return {
    tell(message) {
      told += 1;
      queue = queue.then(async () => {
        const { url } = await found;
        if (url === null || stop.signal.aborted) return;
        const failure = await send(url, message, options, stop.signal);
        if (failure === null) arrived += 1;
        else reason = failure;
      });
    },
    async drain(limit) {
      const finished = new AbortController();
      const late = sleep(limit, true, { signal: finished.signal }).catch(() => false);
      const outOfTime = await Promise.race([queue.then(() => found).then(() => false), late]);
      finished.abort();
      if (outOfTime) stop.abort();
      if (!outOfTime) {
        const { url, warning } = await found;
        if (url === null) return { failed: warning };
      }
      if (arrived === told) return { failed: null };
      return { failed: `${told - arrived} of ${told} messages did not reach the webhook: ${reason === "" ? `no answer within ${limit} ms` : reason}` };
    },
  };
}

async function findAddress(webhook: string | null | Promise<Webhook>): Promise<Webhook> {
  if (webhook === null || typeof webhook === "string") return { url: webhook, warning: null };
  return webhook.catch(() => ({ url: null, warning: "The webhook could not be read, so nobody is told." }));
}

/** @returns why the message did not arrive; null when it did */
async function send(url: string, message: Message, options: NotifierOptions, stop: AbortSignal): Promise<string | null> {
  const { tryLimit = 3_000, totalLimit = 15_000, retries = 4, firstDelay = 250 } = options;
  try {
    const body = JSON.stringify(redact(message, [url]));
    await pRetry(() => post(url, body, tryLimit, stop), {
      retries,
      minTimeout: firstDelay,
      maxRetryTime: totalLimit,
      signal: stop,
      shouldRetry: ({ error }) => error instanceof Undelivered && error.worthRetrying,
    });
    return null;
  } catch (error) {
    return error instanceof Undelivered ? error.message : "it was given up";
  }
}

/** @throws Undelivered, and nothing else */
async function post(url: string, body: string, limit: number, stop: AbortSignal): Promise<void> {
  const response = await fetch(url, {
    method: "POST",
    headers: { "content-type": "application/json" },
    body,
    redirect: "manual",
    signal: AbortSignal.any([AbortSignal.timeout(limit), stop]),
  }).catch((error: unknown) => {
    throw new Undelivered(explain(error, limit), true);
  });
  // What it says beside its status may never end.
  void response.body?.cancel().catch(() => undefined);
  if (!response.ok) throw new Undelivered(`it answered with status ${response.status}`, response.status === 429 || response.status >= 500);
}

/** An error of `fetch` may name the address: only its code is passed on. */
function explain(error: unknown, limit: number): string {
  if (error instanceof Error && error.name === "TimeoutError") return `no answer within ${limit} ms`;
  const cause = error instanceof Error ? error.cause : undefined;
  const code = cause instanceof Error && "code" in cause ? String(cause.code) : "";
  return /^[A-Z_]+$/.test(code) ? `the request failed (${code})` : "the request failed";
}

import { setTimeout as sleep } from "node:timers/promises";
import { type Answer, ask, keepAliveAgent, type Question } from "./ask.ts";

/** Requests that go on until they are stopped. */
export interface Load {
  /** Sends no more, and waits for the answers that are still due. */
  stop(): Promise<void>;
}

export interface LoadOptions {
  /** How many requests are on their way at once. */
  readonly clients: number;
  /** Requests a second in total, as far as the answers keep up; null for as fast as they come. */
  readonly rate: number | null;
}

/**
 * Asks questions in turn, over and over.
 * @param onAnswer gets each answer with the moment its question was sent, of `performance.now()`
 */
export function startLoad<T extends Question>(
  url: string,
  questions: readonly T[],
  { clients, rate }: LoadOptions,
  onAnswer: (question: T, answer: Answer, sent: number) => void,
): Load {
  const agent = keepAliveAgent(clients);
  const gap = rate === null ? 0 : 1000 / rate;
  let running = true;
  let due = performance.now();
  let next = 0;
  const client = async (): Promise<void> => {
    while (running) {
      const question = questions[next % questions.length];
      if (question === undefined) return;
      next += 1;
      // What was missed is not made up for: a burst after a pause would be another load than the one asked for.
      due = Math.max(due + gap, performance.now());
      if (gap > 0) await sleep(Math.max(0, due - performance.now()));
      const sent = performance.now();
      onAnswer(question, await ask(url, question, agent), sent);
    }
  };
  const done = Promise.all(Array.from({ length: clients }, client));
  return {
    async stop() {
      running = false;
      await done;
      agent.destroy();
    },
  };
}

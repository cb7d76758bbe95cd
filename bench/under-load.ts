import { startLoad } from "../src/net/load.ts";

/** What visitors saw while a task ran. */
export interface UnderLoad<T> {
  readonly result: T;
  /** Of `performance.now()`: when the last answer of the variant with the flag came; 0 where none did. */
  readonly lastOn: number;
  readonly requests: number;
  /** Requests that no service answered. */
  readonly lost: number;
}

/**
 * Runs a task while `/voice` is visited, by newcomers and by visitors of the first bucket in turn.
 * @param rate requests a second
 */
export async function underLoad<T>(url: string, rate: number, task: () => Promise<T>): Promise<UnderLoad<T>> {
  let lastOn = 0;
  let requests = 0;
  let lost = 0;
  const questions = [{ path: "/voice" }, { path: "/voice", headers: { cookie: "sluice-1=x" } }];
  const load = startLoad(url, questions, { clients: 16, rate }, (_question, answer) => {
    requests += 1;
    // A 500 is the variant's own answer, asked for by the bench.
    if (answer.status !== 200 && answer.status !== 500) lost += 1;
    if (answer.body.includes('"AGENT_ENABLED":"true"')) lastOn = performance.now();
  });
  try {
    return { result: await task(), lastOn, requests, lost };
  } finally {
    await load.stop();
  }
}

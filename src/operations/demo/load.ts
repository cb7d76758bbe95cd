import { z } from "zod";
import { startLoad as startRequests } from "../../net/load.ts";

/** What a load has seen. Moments are milliseconds of `performance.now()`. */
export interface LoadResult {
  readonly requests: number;
  /** Requests that nothing answered, or anything but status 200. */
  readonly lost: number;
  /** When the last answer with the flag on came; null when there was none. */
  readonly lastOn: number | null;
}

export interface Load {
  stop(): Promise<LoadResult>;
}

/**
 * Keeps clients asking: half of the requests by newcomers, half with a bucket cookie.
 * @param rate requests a second; as fast as they are answered when left out
 */
export function startLoad(url: string, path: string, cookie: string, clients: number, rate: number | null = null): Load {
  let requests = 0;
  let lost = 0;
  let lastOn: number | null = null;
  const load = startRequests(url, [{ path }, { path, headers: { cookie } }], { clients, rate }, (_question, answer) => {
    requests += 1;
    if (answer.status !== 200) lost += 1;
    if (isOn(answer.body) === true) lastOn = performance.now();
  });
  return {
    async stop() {
      await load.stop();
      return { requests, lost, lastOn };
    },
  };
}

const answerSchema = z.object({ flags: z.record(z.string(), z.string()) });

/** Whether an example service says that it sees its flag on. */
function isOn(body: string): boolean | null {
  try {
    const parsed = answerSchema.safeParse(JSON.parse(body));
    return parsed.success ? Object.values(parsed.data.flags).includes("true") : null;
  } catch {
    return null;
  }
}

import { z } from "zod";
import { ask, keepAliveAgent } from "../../net/ask.ts";

/** What became of a number of visitors. */
export interface Split {
  readonly visitors: number;
  /** Visitors for whom the flag was on at their first request. */
  readonly on: number;
  /** Visitors who saw something else on a later request, on this service or the other. */
  readonly unfaithful: number;
  /** Visitors who lost a cookie that the application had set. */
  readonly cookiesLost: number;
}

const answerSchema = z.object({ flags: z.record(z.string(), z.string()) });

/**
 * Sends visitors to one service, each with a cookie jar of its own, then to both services again.
 * @param paths of two services that read the same flag
 */
export async function measureSplit(url: string, paths: readonly [string, string], visitors: number, onVisitor: (done: number) => void): Promise<Split> {
  const agent = keepAliveAgent();
  let on = 0;
  let unfaithful = 0;
  let cookiesLost = 0;
  for (let visitor = 0; visitor < visitors; visitor += 1) {
    const first = await ask(url, { path: paths[0] }, agent);
    const cookies = (first.headers["set-cookie"] ?? []).map((cookie) => cookie.split(";")[0] ?? "");
    const seen = isOn(first.body);
    if (seen) on += 1;
    if (!cookies.some((cookie) => cookie.startsWith("session="))) cookiesLost += 1;
    const headers = { cookie: cookies.join("; ") };
    const later = [await ask(url, { path: paths[0], headers }, agent), await ask(url, { path: paths[1], headers }, agent)];
    if (later.some((answer) => isOn(answer.body) !== seen)) unfaithful += 1;
    onVisitor(visitor + 1);
  }
  agent.destroy();
  return { visitors, on, unfaithful, cookiesLost };
}

/** Whether an example service says that it sees its flag on. */
export function isOn(body: string): boolean | null {
  try {
    const parsed = answerSchema.safeParse(JSON.parse(body));
    return parsed.success ? Object.values(parsed.data.flags).includes("true") : null;
  } catch {
    return null;
  }
}

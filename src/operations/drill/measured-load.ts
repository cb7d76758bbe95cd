import { startLoad } from "../../net/load.ts";
import { poll } from "../../net/poll.ts";
import { countAnswer, judgeAnswer, NO_ANSWERS, type Tally, type Way } from "./tally.ts";
import type { DrillVisitor } from "./visitors.ts";

/** How many requests are on their way at once. */
const CLIENTS = 32;
/** How long a round may take beyond what its rate asks for, in milliseconds; a request that gets no answer takes ten seconds. */
const ROUND_LIMIT = 20_000;

/** A load that is measured while the stage goes one way. */
export interface MeasuredLoad {
  /** Begins a new count. */
  begin(way: Way): void;
  /** The count since then. */
  count(): Tally;
  /** Waits until every visitor has been answered who asked from now on. @returns whether that came to be */
  round(): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts asking as every visitor in turn. @param rate requests a second in total */
export function startMeasuredLoad(url: string, visitors: readonly DrillVisitor[], rate: number): MeasuredLoad {
  const lastAsked = new Map<DrillVisitor, number>();
  let way: Way = "back";
  let tally = NO_ANSWERS;
  const load = startLoad(url, visitors, { clients: CLIENTS, rate }, (visitor, answer, sent) => {
    tally = countAnswer(tally, judgeAnswer(visitor, way, answer), performance.now());
    lastAsked.set(visitor, sent);
  });
  return {
    begin(next) {
      way = next;
      tally = NO_ANSWERS;
    },
    count: () => tally,
    round() {
      const from = performance.now();
      return poll(() => visitors.every((visitor) => (lastAsked.get(visitor) ?? 0) >= from), ROUND_LIMIT + (2_000 * visitors.length) / rate);
    },
    stop: () => load.stop(),
  };
}

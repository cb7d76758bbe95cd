import { startLoad } from "../../net/load.ts";
import { poll } from "../../net/poll.ts";
import { countAnswer, judgeAnswer, NO_ANSWERS, type Tally, type Way } from "./tally.ts";
import type { DrillVisitor } from "./visitors.ts";

/** How many requests are on their way at once. */
const CLIENTS = 32;
/** How long rounds may take beyond what their rate asks for, in milliseconds; a request that gets no answer takes ten seconds. */
const ROUNDS_LIMIT = 20_000;

/** A load that is measured while the stage goes one way. */
export interface MeasuredLoad {
  /** Begins a new count. */
  begin(way: Way): void;
  /** The count since then. */
  count(): Tally;
  /** Waits until each visitor who asks from now on has been answered so many times. @returns whether that came to be */
  rounds(times: number): Promise<boolean>;
  stop(): Promise<void>;
}

/** Starts asking as every visitor in turn. @param rate requests a second in total */
export function startMeasuredLoad(url: string, visitors: readonly DrillVisitor[], rate: number): MeasuredLoad {
  let since = performance.now();
  let answered = new Map<DrillVisitor, number>();
  let way: Way = "back";
  let tally = NO_ANSWERS;
  const load = startLoad(url, visitors, { clients: CLIENTS, rate }, (visitor, answer, sent) => {
    tally = countAnswer(tally, judgeAnswer(visitor, way, answer), performance.now());
    if (sent >= since) answered.set(visitor, (answered.get(visitor) ?? 0) + 1);
  });
  return {
    begin(next) {
      way = next;
      tally = NO_ANSWERS;
    },
    count: () => tally,
    rounds(times) {
      since = performance.now();
      answered = new Map();
      return poll(() => visitors.every((visitor) => (answered.get(visitor) ?? 0) >= times), ROUNDS_LIMIT + (2_000 * visitors.length * times) / rate);
    },
    stop: () => load.stop(),
  };
}

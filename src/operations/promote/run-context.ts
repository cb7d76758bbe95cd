import type { Clock } from "../../net/clock.ts";
import type { MetricsSource } from "../../traffic/metrics/source.ts";
import type { Books } from "../bookkeeping.ts";
import type { Engine } from "../engine.ts";
import type { OnPromoteEvent } from "./events.ts";
import type { Aim } from "./plan-steps.ts";

/** What all parts of one promotion share. */
export interface RunContext {
  readonly root: string;
  readonly stage: string;
  readonly flag: string;
  readonly aim: Aim;
  readonly reason: string | null;
  readonly clock: Clock;
  readonly signal: AbortSignal;
  readonly engine: Engine;
  readonly source: MetricsSource;
  readonly books: Books;
  readonly onEvent: OnPromoteEvent;
}

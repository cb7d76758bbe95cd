import { advance, type Block, type EProcess, evidenceOf, NOTHING, raiseOdds, startEProcess, worstStretch } from "./e-process.ts";
import { addTallies, EMPTY, type Tally } from "./tally.ts";

/**
 * Tests that may be looked at after every sampling interval and stopped at any time: the chance that the
 * evidence of a test ever reaches 1/alpha is at most alpha where its null hypothesis holds.
 * docs/decisions/0007-sequential-test.md says why these and what they assume.
 */

/** Of the null hypothesis that bad events are at most as frequent with the flag as without. Plain data. */
export interface Comparison {
  readonly process: EProcess;
  /** What is known of the share without the flag, from past blocks only. */
  readonly known: Tally;
  /** Counted, but not yet a block: one side is still empty. */
  readonly open: Block;
}

/** Of the null hypothesis that the share of bad events is at most a limit. Plain data. */
export interface LimitTest {
  readonly process: EProcess;
  readonly limit: number;
}

/** What is taken for the share without the flag before anything is known: one per cent, soon outweighed. */
const PRIOR: Tally = { total: 50, bad: 0.5 };

/** How much of the past the estimate remembers: enough to be exact to a tenth, little enough to follow a change. */
const MEMORY: Tally = { total: 1_000_000, bad: 100 };

/** Limits are kept this far from 0 and 1, where no test is possible. */
const EDGE = 1e-9;

export function startComparison(): Comparison {
  return { process: startEProcess(), known: EMPTY, open: NOTHING };
}

export function startLimitTest(limit: number): LimitTest {
  return { process: startEProcess(), limit: Math.min(Math.max(limit, EDGE), 1 - EDGE) };
}

/**
 * The comparison after one more interval. An interval becomes a block once both sides have events.
 *
 * The e-variable of a block is that of Turner, Ly and Grünwald, "Generic E-variables for exact sequential
 * k-sample tests that allow for optional stopping" (arXiv 2106.02693): with shares a > b, and c the share of
 * both together, [a^ka (1-a)^(na-ka) b^kb (1-b)^(nb-kb)] / [c^(ka+kb) (1-c)^(na+nb-ka-kb)], where
 * c = (na a + nb b)/(na + nb). Its mean is at most 1 wherever both sides have the same share, whatever it is and
 * however it changes from block to block. It grows with ka and falls with kb, so its mean is at most 1
 * wherever the share with the flag is lower, too.
 */
export function compareInterval(test: Comparison, withFlag: Tally, without: Tally): Comparison {
  const block = { withFlag: addTallies(test.open.withFlag, withFlag), without: addTallies(test.open.without, without) };
  const { withFlag: a, without: b } = block;
  if (a.total === 0 || b.total === 0) return { ...test, open: block };
  const low = (test.known.bad + PRIOR.bad) / (test.known.total + PRIOR.total);
  const process = advance(test.process, block, (odds) => {
    const high = raiseOdds(low, odds);
    const both = (a.total * high + b.total * low) / (a.total + b.total);
    return logLikelihoodRatio(a, high, both) + logLikelihoodRatio(b, low, both);
  });
  return { process, known: remember(addTallies(test.known, b)), open: NOTHING };
}

/** The comparison without what is not yet a block: it must not be mixed with intervals of another exposure. */
export function dropOpenBlock(test: Comparison): Comparison {
  return { ...test, open: NOTHING };
}

/** The test against a limit after one more interval: the likelihood ratio of a higher share to the limit, whose mean is at most 1 at and below it. */
export function testInterval(test: LimitTest, withFlag: Tally): LimitTest {
  if (withFlag.total === 0) return test;
  const block = { withFlag, without: EMPTY };
  return { ...test, process: advance(test.process, block, (odds) => logLikelihoodRatio(withFlag, raiseOdds(test.limit, odds), test.limit)) };
}

/** The e-value of a test; it rejects at 1/alpha. */
export function evidence(test: Comparison | LimitTest): number {
  return evidenceOf(test.process);
}

/** What was counted on both sides since things went wrong, as far as the test can tell. */
export function stretch(test: Comparison | LimitTest): Block {
  return worstStretch(test.process);
}

function logLikelihoodRatio(tally: Tally, share: number, other: number): number {
  return tally.bad * Math.log(share / other) + (tally.total - tally.bad) * (Math.log1p(-share) - Math.log1p(-other));
}

function remember(known: Tally): Tally {
  const kept = Math.min(1, MEMORY.bad / Math.max(known.bad, MEMORY.bad), MEMORY.total / Math.max(known.total, MEMORY.total));
  return { total: known.total * kept, bad: known.bad * kept };
}

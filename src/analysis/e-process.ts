import { addTallies, EMPTY, type Tally } from "./tally.ts";

/** What the variants answered in one sampling interval; `without` is empty in a test against a limit. */
export interface Block {
  readonly withFlag: Tally;
  readonly without: Tally;
}

/**
 * Evidence that grows block by block: on average it stays at 1 or below as long as nothing is wrong, so
 * the chance that it ever reaches 1/alpha is at most alpha, however often one looks (Ville 1939). Plain data.
 */
export interface EProcess {
  readonly blocks: number;
  /** One for each of `ODDS`. */
  readonly bets: readonly Bet[];
}

interface Bet {
  readonly evidence: number;
  /** What was counted since the evidence of before was worth less than a fresh start: where it went wrong, for people. */
  readonly since: Block;
}

/** How many times higher the odds of a bad event may be with the flag: from slightly worse to broken. */
const ODDS = [1.5, 2, 4, 16, 64];

/** Highest evidence kept and highest growth in one block: both far beyond any threshold, their product a finite number. */
const MOST = 1e200;
const MOST_GROWTH = Math.log(1e100);

/** A block without events. */
export const NOTHING: Block = { withFlag: EMPTY, without: EMPTY };

export function startEProcess(): EProcess {
  return { blocks: 0, bets: ODDS.map(() => ({ evidence: 0, since: NOTHING })) };
}

/**
 * The process after one more block. Each bet is a mixture over the blocks j at which things may have gone
 * wrong, with weights 1/(j(j+1)): M_t = e_t (M_(t-1) + w_t). So a change late in a promotion is found too.
 * @param logFactor for an odds ratio, the logarithm of the block's e-variable; chosen before the block was seen
 */
export function advance(process: EProcess, block: Block, logFactor: (odds: number) => number): EProcess {
  const blocks = process.blocks + 1;
  const weight = 1 / (blocks * (blocks + 1));
  const bets = process.bets.map((bet, index) => {
    const growth = Math.exp(Math.min(logFactor(ODDS[index] ?? 1), MOST_GROWTH));
    const evidence = Math.min(growth * (bet.evidence + weight), MOST);
    return { evidence, since: add(bet.evidence < weight ? NOTHING : bet.since, block) };
  });
  return { blocks, bets };
}

/**
 * The evidence so far, an e-value: the mean of the bets, each with the weight of the blocks to come added,
 * 1/(t+1), so that it begins at 1. A mean of e-processes is an e-process.
 */
export function evidenceOf(process: EProcess): number {
  return process.bets.reduce((sum, bet) => sum + bet.evidence, 0) / process.bets.length + 1 / (process.blocks + 1);
}

/** What was counted since things went wrong, by the bet that explains it best. */
export function worstStretch(process: EProcess): Block {
  return process.bets.reduce((best, bet) => (bet.evidence > best.evidence ? bet : best), { evidence: -1, since: NOTHING }).since;
}

/** The share whose odds are `odds` times those of another. */
export function raiseOdds(share: number, odds: number): number {
  return (odds * share) / (1 - share + odds * share);
}

function add(a: Block, b: Block): Block {
  return { withFlag: addTallies(a.withFlag, b.withFlag), without: addTallies(a.without, b.without) };
}

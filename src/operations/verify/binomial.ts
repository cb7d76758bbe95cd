import { binomialDistribution } from "simple-statistics";

/** Probabilities of a count at most, and at least, as large as the one seen. */
export interface Tails {
  readonly lower: number;
  readonly upper: number;
}

/**
 * The exact tails of a binomial distribution.
 * The library's table begins at 0 and stops where less than a ten-thousandth is left, so it gives small
 * lower tails only; the upper tail is the lower one of the failures.
 * @param trials 1 or more
 * @param probability of a success in each, between 0 and 1
 */
export function binomialTails(successes: number, trials: number, probability: number): Tails {
  return { lower: lowerTail(successes, trials, probability), upper: lowerTail(trials - successes, trials, 1 - probability) };
}

function lowerTail(successes: number, trials: number, probability: number): number {
  const cells = binomialDistribution(trials, probability) ?? [];
  const sum = cells.slice(0, successes + 1).reduce((total, cell) => total + cell, 0);
  return Math.min(1, sum);
}

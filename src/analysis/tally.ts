/** Events, and the bad ones among them. */
export interface Tally {
  readonly total: number;
  readonly bad: number;
}

export const EMPTY: Tally = { total: 0, bad: 0 };

export function addTallies(a: Tally, b: Tally): Tally {
  return { total: a.total + b.total, bad: a.bad + b.bad };
}

/** How many standard deviations a share may be from the truth: beyond 4.5 once in 150,000. */
const DEVIATIONS = 4.5;

/** Whether a share of `count` independent draws may come from a probability between `low` and `high`. */
export function isPlausible(hits: number, count: number, low: number, high: number): boolean {
  const room = (share: number): number => DEVIATIONS * Math.sqrt((share * (1 - share)) / count);
  const share = hits / count;
  return share >= low - room(low) && share <= high + room(high);
}

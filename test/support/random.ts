/** Random numbers in [0, 1) that follow from a seed alone (Tommy Ettinger's Mulberry32, period 2^32). */
export function seededRandom(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let mixed = Math.imul(state ^ (state >>> 15), state | 1);
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61);
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32;
  };
}

/** How many of `count` independent events of probability `share` happen, by jumping from one to the next. */
export function drawBinomial(random: () => number, count: number, share: number): number {
  if (share <= 0) return 0;
  if (share >= 1) return count;
  const scale = 1 / Math.log1p(-share);
  const gap = (): number => Math.floor(Math.log1p(-random()) * scale);
  let happened = 0;
  for (let position = gap(); position < count; position += 1 + gap()) happened += 1;
  return happened;
}

/** One of several values, each as likely. @throws Error where there are none */
export function pickOne<T>(random: () => number, values: readonly T[]): T {
  const picked = values[Math.floor(random() * values.length)];
  if (picked === undefined) throw new Error("there is nothing to pick from");
  return picked;
}

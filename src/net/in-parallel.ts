/**
 * Does a task for each item, some at a time.
 * @param limit how many at a time
 * @param deadline moment of `performance.now()` after which none is begun; none, where it is left out
 * @returns what came of each in their order, null for those that were not begun
 */
export async function inParallel<T, R>(
  items: readonly T[],
  limit: number,
  task: (item: T) => Promise<R>,
  deadline = Number.POSITIVE_INFINITY,
): Promise<(R | null)[]> {
  const results: (R | null)[] = items.map(() => null);
  const waiting = items.entries();
  const worker = async (): Promise<void> => {
    for (const [index, item] of waiting) {
      if (performance.now() > deadline) return;
      results[index] = await task(item);
    }
  };
  await Promise.all(Array.from({ length: limit }, worker));
  return results;
}

/**
 * Shares an answer among all who ask while the question before is under way. Nobody gets an answer whose question was
 * put before they asked.
 */
export function askAfresh<T>(ask: () => Promise<T>): () => Promise<T> {
  let current: Promise<T> | null = null;
  let next: Promise<T> | null = null;
  const begin = (): Promise<T> => {
    next = null;
    const asked = ask();
    current = asked;
    const end = (): void => {
      if (current === asked) current = null;
    };
    asked.then(end, end);
    return asked;
  };
  return () => {
    if (current === null) return begin();
    next ??= current.then(begin, begin);
    return next;
  };
}

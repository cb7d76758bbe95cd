/** A text, or why there is none. */
export type Fetched = { readonly ok: true; readonly text: string } | { readonly ok: false; readonly reason: string };

/**
 * Gets a text over HTTP; never throws.
 * @param timeout milliseconds until the whole of it must be there
 * @param limit bytes after which it is given up
 */
export async function fetchText(url: string, timeout: number, limit: number): Promise<Fetched> {
  const signal = AbortSignal.timeout(timeout);
  try {
    const response = await fetch(url, { signal });
    if (!response.ok) {
      await response.body?.cancel();
      return { ok: false, reason: `answers with status ${response.status}` };
    }
    const decoder = new TextDecoder();
    let [text, size] = ["", 0];
    const body: AsyncIterable<unknown> | null = response.body;
    for await (const chunk of body ?? []) {
      if (!(chunk instanceof Uint8Array)) continue;
      size += chunk.byteLength;
      if (size > limit) return { ok: false, reason: `answers with more than ${limit} bytes` };
      text += decoder.decode(chunk, { stream: true });
    }
    return { ok: true, text };
  } catch (error) {
    return { ok: false, reason: signal.aborted ? `gives no answer within ${timeout} ms` : `cannot be reached (${causeOf(error)})` };
  }
}

function causeOf(error: unknown): string {
  if (!(error instanceof Error)) return String(error);
  return error.cause instanceof Error ? causeOf(error.cause) : error.message;
}

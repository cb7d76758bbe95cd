/** How much of an answer is shown that is not as expected. */
const SHOWN = 60;

/**
 * What an answer of Traefik's API says.
 * @param address where it was asked
 * @param expected such as `a list of routers`
 * @param read throws where a value is not that
 * @throws Error naming the address, what came from there and what was expected
 */
export function readTraefikAnswer<T>(address: string, body: string, expected: string, read: (value: unknown) => T): T {
  try {
    return read(JSON.parse(body));
  } catch {
    const start = body.trim().replaceAll(/\s+/g, " ").slice(0, SHOWN);
    throw new Error(
      `${address} does not answer as Traefik's API: expected is ${expected} in JSON, and what came begins with ${JSON.stringify(start)}. See that this is the address of Traefik's API, and that nothing in front of it answers in its place.`,
    );
  }
}

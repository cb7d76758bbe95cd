import { isLoopback } from "../src/model/loopback.ts";

/** Where the API listens unless Traefik is told otherwise, and what the official chart calls that port. */
export const USUAL_PORT = 8080;
export const USUAL_NAME = "traefik";

/**
 * The port on which a program with these arguments offers Traefik's API beyond loopback; null where it offers none.
 * Traefik reads them so: names in any case but that of an entry point, and the last of those that are given twice.
 */
export function apiPortOf(args: readonly string[]): number | null {
  if (!args.some((argument) => /^--?api\.insecure(?!=(false|f|0)$)/i.test(argument))) return null;
  const addresses = args.map((argument) => /^--?entrypoints\.([^.]+)\.address=(.*):(\d+)/i.exec(argument));
  const [, , host = "", port = USUAL_PORT] = addresses.findLast((found) => found?.[1] === "traefik") ?? [];
  return isLoopback(host) ? null : Number(port);
}

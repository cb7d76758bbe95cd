import { isLoopback } from "../src/model/loopback.ts";

/** Where the API listens unless Traefik is told otherwise, and what the official chart calls that port. */
export const USUAL_PORT = 8080;
export const USUAL_NAME = "traefik";

/** @returns the port on which a program with these arguments offers Traefik's API beyond loopback; null where it offers none */
export function apiPortOf(args: readonly string[]): number | null {
  if (!args.some((argument) => /^--?api\.insecure(?!=(false|f|0)$)/i.test(argument))) return null;
  // Of an argument that is given twice Traefik takes the last; its value may be an argument of its own.
  const address = [...args.join("\n").matchAll(/^--?entrypoints\.traefik\.address[=\n](.*):(\d+)/gim)].at(-1);
  return isLoopback(address?.[1] ?? "") ? null : Number(address?.[2] ?? USUAL_PORT);
}

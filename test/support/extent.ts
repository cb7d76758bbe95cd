/** How much a suite of faults does: all of it by `npm run test:faults`, a taste of it by `npm test`. */
export function extent<T>(full: T, taste: T): T {
  return process.env["SLUICE_FAULTS"] === "full" ? full : taste;
}

/** The seed of all that is random in a suite of faults: `SLUICE_SEED`, or another in each run. Each suite prints it. */
export const SEED = Number(process.env["SLUICE_SEED"] ?? Date.now() % 1_000_000);

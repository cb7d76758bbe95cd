/** How many services the stages of a part have, one after the other. @param usual where `SLUICE_BENCH_SERVICES` does not say it */
export function serviceCounts(usual: readonly number[]): readonly number[] {
  return process.env["SLUICE_BENCH_SERVICES"]?.split(",").map(Number) ?? usual;
}

/** How often a part measures everything. @param usual where `SLUICE_BENCH_ROUNDS` does not say it */
export function roundsOf(usual: number): number {
  return Number(process.env["SLUICE_BENCH_ROUNDS"] ?? usual);
}

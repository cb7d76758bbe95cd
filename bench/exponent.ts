import { linearRegression } from "simple-statistics";

/** How much something cost at one size; both above 0. */
export interface CostAt {
  readonly size: number;
  readonly cost: number;
}

/**
 * The exponent e of a cost that grows as size^e: the slope of the least-squares line through the logarithms of both.
 * @param costs at two sizes or more
 * @returns 1 where the cost doubles with the size, 2 where it quadruples
 */
export function growthExponent(costs: readonly CostAt[]): number {
  return linearRegression(costs.map(({ size, cost }) => [Math.log(size), Math.log(cost)])).m;
}

import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { growthExponent } from "../../../bench/exponent.ts";

const SIZES = [10, 100, 1_000, 10_000];

describe("the exponent of growth", () => {
  it.each([
    ["a cost that stays", (): number => 7, 0],
    ["a cost that doubles with the size", (size: number): number => 3 * size, 1],
    ["a cost of all pairs", (size: number): number => 0.001 * size ** 2, 2],
  ])("of %s", (_what, costOf, exponent) => {
    expect(growthExponent(SIZES.map((size) => ({ size, cost: costOf(size) })))).toBeCloseTo(exponent, 10);
  });

  it("does not depend on the unit of the cost", () => {
    fc.assert(
      fc.property(fc.double({ min: 0.1, max: 3, noNaN: true }), fc.double({ min: 1e-6, max: 1e6, noNaN: true }), (exponent, unit) => {
        expect(growthExponent(SIZES.map((size) => ({ size, cost: unit * size ** exponent })))).toBeCloseTo(exponent, 6);
      }),
    );
  });

  it("leaves what one size was off by to the others", () => {
    const costs = SIZES.map((size) => ({ size, cost: size === 100 ? 2 * size : size }));
    expect(Math.abs(growthExponent(costs) - 1)).toBeLessThan(0.05);
  });
});

/** Powers of ten and of two, by the suffix of a quantity. */
const FACTORS: Readonly<Record<string, number>> = {
  n: 1e-9,
  u: 1e-6,
  m: 1e-3,
  "": 1,
  k: 1e3,
  M: 1e6,
  G: 1e9,
  T: 1e12,
  P: 1e15,
  E: 1e18,
  Ki: 2 ** 10,
  Mi: 2 ** 20,
  Gi: 2 ** 30,
  Ti: 2 ** 40,
  Pi: 2 ** 50,
  Ei: 2 ** 60,
};
const QUANTITY = /^([+-]?(?:\d+\.?\d*|\.\d+))(?:([numkMGTPE]|[KMGTPE]i)?|[eE]([+-]?\d+))$/;

/**
 * Whether two quantities are the same amount, such as `1000m` and `1`: the API server writes them in its own form.
 * Source: https://kubernetes.io/docs/reference/kubernetes-api/common-definitions/quantity/
 */
export function sameQuantity(one: unknown, other: unknown): boolean {
  const [a, b] = [amountOf(one), amountOf(other)];
  return a !== null && b !== null && Math.abs(a - b) <= Math.abs(a) * 1e-12;
}

function amountOf(value: unknown): number | null {
  if (typeof value === "number") return value;
  const found = typeof value === "string" ? QUANTITY.exec(value) : null;
  if (found === null) return null;
  const [, digits = "", suffix, exponent] = found;
  return Number(digits) * (exponent === undefined ? (FACTORS[suffix ?? ""] ?? Number.NaN) : 10 ** Number(exponent));
}

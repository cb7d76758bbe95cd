const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** A duration in the largest unit of PromQL that divides it, such as `5m`. @param milliseconds above 0 */
export function formatPromDuration(milliseconds: number): string {
  const [name, size] = UNITS.find(([, unit]) => milliseconds % unit === 0) ?? ["ms", 1];
  return `${milliseconds / size}${name}`;
}

/** A string of PromQL. */
export function quote(text: string): string {
  return `"${text.replaceAll("\\", "\\\\").replaceAll('"', '\\"').replaceAll("\n", "\\n")}"`;
}

/** A number without the noise of binary fractions: 0.001 for 1 - 0.999. */
export function plain(value: number): string {
  return String(Number(value.toPrecision(12)));
}

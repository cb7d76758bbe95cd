const UNITS = [
  ["d", 86_400_000],
  ["h", 3_600_000],
  ["m", 60_000],
  ["s", 1_000],
] as const;

/** A duration for people, in at most two units, such as `2d 4h`, `10m` or `30s`. @param milliseconds not negative */
export function formatDuration(milliseconds: number): string {
  let rest = Math.round(milliseconds / 1000) * 1000;
  const parts: string[] = [];
  for (const [name, size] of UNITS) {
    const count = Math.floor(rest / size);
    rest -= count * size;
    if (count > 0) parts.push(`${count}${name}`);
  }
  return parts.slice(0, 2).join(" ") || "0s";
}

/** A moment for people, in UTC to the second: `2027-01-31 02:00:00Z`. */
export function formatMoment(moment: Date): string {
  return moment.toISOString().slice(0, 19).replace("T", " ").concat("Z");
}

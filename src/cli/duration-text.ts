import type { Durations } from "../operations/audit/entry.ts";

/** Work and waiting apart, such as `1.5 s + 10 min waiting`; empty where nothing was measured. */
export function renderDurations(durations: Durations | null): string {
  if (durations === null) return "";
  return durations.waiting === 0 ? renderSpan(durations.active) : `${renderSpan(durations.active)} + ${renderSpan(durations.waiting)} waiting`;
}

/** Milliseconds in the two units that matter. */
function renderSpan(milliseconds: number): string {
  if (milliseconds < 1_000) return `${Math.round(milliseconds)} ms`;
  const seconds = milliseconds / 1_000;
  if (seconds < 59.95) return `${seconds.toFixed(1)} s`;
  const minutes = Math.round(seconds / 60);
  return minutes < 60 ? `${minutes} min` : `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

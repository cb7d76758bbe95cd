import type { Readings } from "../../analysis/reading.ts";
import type { Metric } from "../../model/catalog.ts";

/** Traefik's names of the services that answer people with the flag and without, as in its metrics: `voice-api--base@file`. */
export interface Sides {
  readonly withFlag: readonly string[];
  /** Empty where nobody is without the flag. */
  readonly without: readonly string[];
}

/** Where readings of metrics come from. */
export interface MetricsSource {
  /** Reads every metric at this moment. Never throws and never takes long: what fails is a silent reading that says why. */
  read(metrics: Readonly<Record<string, Metric>>, sides: Sides): Promise<Readings>;
}

/** How long a source may take, in milliseconds: the shortest interval between two looks. */
export const DEFAULT_TIMEOUT = 1_000;

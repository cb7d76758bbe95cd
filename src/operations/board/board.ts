import type { Counts } from "../../analysis/counters.ts";
import type { FlagDefinition } from "../../model/catalog.ts";
import type { Entry } from "../audit/entry.ts";
import type { Who } from "../audit/who-made.ts";
import type { FlagStatus } from "../status/flag-status.ts";
import type { Status } from "../status/read-status.ts";

/** Everything that the board and its report show: plain values, without any secret. */
export interface Board {
  readonly at: Date;
  /** Name of the Pulumi project. */
  readonly project: string;
  /** Null where not even the state of the stages can be read; `lacks` says why. */
  readonly status: Status | null;
  /** What cannot be read, and is missing here; what `status` says of itself is not repeated. */
  readonly lacks: readonly Lack[];
  /** Every flag, as the rows of the matrix. */
  readonly rows: readonly FlagRow[];
  /** The flags that are shown in full. */
  readonly details: readonly FlagDetail[];
}

/** Something that cannot be read, such as `the metrics of production`, and why. */
export interface Lack {
  readonly what: string;
  readonly reason: string;
}

export interface FlagRow {
  readonly flag: string;
  /** By stage, the oldest first. */
  readonly exposures: Readonly<Record<string, readonly ExposurePoint[]>>;
}

/** From a moment on, the per cent of visitors who have a flag in a stage. */
export interface ExposurePoint {
  readonly at: Date;
  readonly exposure: number;
}

export interface FlagDetail {
  readonly flag: string;
  /** Null where the catalogue has it no more, or cannot be used. */
  readonly definition: FlagDefinition | null;
  /** The catalogue's steps in per cent; empty where they are not known. */
  readonly steps: readonly number[];
  /** In the order of the catalogue. */
  readonly stages: readonly FlagInStage[];
  /** What happened to it in all stages, and what is due, the newest first. */
  readonly way: readonly Happening[];
  /** Updates that did something to it, in all stages, the newest first. */
  readonly updates: readonly FlagUpdate[];
  /** What was done about it, the newest first. */
  readonly audit: readonly Entry[];
  /** Rehearsals of the stages that it is in, the newest first. */
  readonly drills: readonly DrillLine[];
}

export interface FlagInStage {
  readonly stage: string;
  /** The stage before; null for the first. */
  readonly previous: string | null;
  /** Null where the stage's state cannot be read. */
  readonly deployed: boolean | null;
  readonly status: FlagStatus | null;
  readonly exposures: readonly ExposurePoint[];
  readonly metrics: Metrics;
  readonly rollback: RollbackOffer;
}

/** What was answered people with a flag and without it. */
export type Metrics =
  | {
      readonly kind: "read";
      readonly source: "prometheus" | "traefik";
      /** The oldest first; empty where there is but the sum. */
      readonly points: readonly MetricPoint[];
      /** Over all of it. */
      readonly sum: Pick<MetricPoint, "withFlag" | "without">;
      /** The same with what took longer than the catalogue's limit as bad; null where it has none, or the source no bucket for it. */
      readonly slow: Pick<Extract<Metrics, { readonly kind: "read" }>, "points" | "sum"> | null;
      /** Since when that is; null for since Traefik started. */
      readonly since: Date | null;
      /** What speaks against taking it for the whole, in words; null where nothing does. */
      readonly warning: string | null;
    }
  | { readonly kind: "none"; readonly reason: string };

/** What was counted in the time that ends at a moment. Null for a side that has no visitors. */
export interface MetricPoint {
  readonly at: Date;
  readonly withFlag: Counts | null;
  readonly without: Counts | null;
}

/** How to take back what was last said of a flag. */
export type RollbackOffer =
  | {
      readonly kind: "ready";
      readonly command: string;
      readonly to: { readonly number: number; readonly at: Date; readonly message: string };
      readonly effects: readonly string[];
      /** What stands against it now. */
      readonly obstacles: readonly string[];
    }
  | { readonly kind: "none"; readonly reason: string };

/** What a way through the stages is made of; see `Happening`. */
export type HappeningKind = "raised" | "lowered" | "changed" | "failed" | "operation" | "drill" | "soak" | "expiry";

/** One thing that happened to a flag, or is due. */
export interface Happening {
  readonly kind: HappeningKind;
  readonly at: Date;
  /** Null for what holds in every stage. */
  readonly stage: string | null;
  readonly text: string;
  readonly details: readonly string[];
  readonly by: Who | null;
  readonly update: number | null;
  /** Whether it ended otherwise than it was meant. */
  readonly amiss: boolean;
}

/** An update of a stage, by what it did to a flag. */
export interface FlagUpdate {
  readonly stage: string;
  readonly number: number;
  readonly kind: string;
  readonly succeeded: boolean;
  readonly at: Date;
  /** Milliseconds. */
  readonly took: number;
  readonly by: Who | null;
  readonly message: string;
  /** What it did, in words. */
  readonly effects: readonly string[];
  /** What its config says otherwise than the one before it. */
  readonly differences: readonly Difference[];
  /** Per cent before and after; null where that is not known. */
  readonly from: number | null;
  readonly to: number | null;
}

/** One setting before and after, as JSON; null where it is not there. */
export interface Difference {
  readonly path: string;
  readonly before: string | null;
  readonly after: string | null;
}

export interface DrillLine {
  readonly stage: string;
  readonly at: Date;
  readonly by: string;
  readonly passed: boolean;
  readonly why: readonly string[];
  readonly from: number;
  readonly to: number;
  /** Seconds until the last answer of the state that was left, on the way back; null where that was not measured. */
  readonly lastOld: number | null;
  readonly requests: number;
  readonly lost: number;
}

import { join } from "node:path";
import { DRILLS_FOLDER } from "../../config/read-drills.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import type { RouteAnswer } from "../../traffic/probe-routes.ts";
import type { Mismatch } from "../rollback/compare-state.ts";
import type { Proof } from "../rollback/proof.ts";
import type { Tally, Way } from "./tally.ts";

/** What was measured on one way, back or forward; durations in seconds from its beginning. */
export interface Passage {
  readonly way: Way;
  /** The update whose state was to be reached. */
  readonly to: number;
  /** The update that did it; null where it failed. */
  readonly update: number | null;
  /** Why the update failed; null where it did not. */
  readonly failure: string | null;
  readonly seconds: {
    /** Until the last answer that only the state that was left gives: on the way back, the last exposed one. Null where there was none. */
    readonly lastOld: number | null;
    /** The update alone; null where it failed. */
    readonly update: number | null;
    /** Until the rollback had been proven, and returned. */
    readonly returned: number;
  };
  readonly requests: number;
  readonly lost: number;
  /** Why requests were lost, with how many were. */
  readonly losses: Readonly<Record<string, number>>;
  /** Whether every visitor was asked ten times more after the end. */
  readonly askedAfter: boolean;
  /** Whether the inputs of every resource equal those of the update; null where it failed. */
  readonly state: { readonly resources: number; readonly mismatches: readonly Mismatch[]; readonly flagsAmiss: readonly string[] } | null;
  /** Whether Traefik has the routers of the update, and routes answer as then; null where it could not be asked. */
  readonly routes: { readonly asked: number; readonly wrong: readonly RouteAnswer[]; readonly routersAmiss: readonly string[] } | null;
}

/** A rehearsed rollback, as it is kept in `drills/`; docs/drill.md says what each part means. Holds no secret. */
export interface DrillReport {
  readonly stage: string;
  /** When it ended; ISO 8601, UTC, to the second. */
  readonly at: string;
  readonly by: string;
  readonly passed: boolean;
  /** Why it did not pass; empty where it did. */
  readonly why: readonly string[];
  /** The update that ran before, and the earlier one that it went back to. */
  readonly updates: { readonly from: number; readonly to: number };
  /** The update whose state runs at the end; null where that is not known. */
  readonly runs: number | null;
  /** What going back does to flags and routes. */
  readonly effects: readonly string[];
  readonly load: {
    /** Requests a second that were asked for. */
    readonly rate: number;
    /** Kinds of visitors, each on one route. */
    readonly visitors: number;
    readonly notAsked: readonly { readonly route: string; readonly why: string }[];
  };
  readonly back: Passage;
  /** Null where it did not begin. */
  readonly forward: Passage | null;
  readonly versions: { readonly pulumi: string; readonly traefik: string };
  /** The whole drill. */
  readonly seconds: number;
}

/** The parts of a passage that a proof gives. */
export function proofParts({ state, flagsAmiss, routes }: Proof): Pick<Passage, "state" | "routes"> {
  return {
    state: state === null ? null : { resources: state.resources, mismatches: state.mismatches, flagsAmiss },
    routes:
      routes === null
        ? null
        : {
            asked: routes.answers.filter((answer) => answer.state !== "not asked").length,
            wrong: routes.answers.filter((answer) => answer.state === "wrong"),
            routersAmiss: routes.routersAmiss,
          },
  };
}

/** The parts of a passage that its answers give. @param started moment of its beginning, of `performance.now()` */
export function tallyParts(
  { requests, lost, losses, lastOld }: Tally,
  started: number,
): Pick<Passage, "requests" | "lost" | "losses"> & { lastOld: number | null } {
  return { requests, lost, losses, lastOld: lastOld === null ? null : inSeconds(lastOld - started) };
}

/** Milliseconds in seconds, to the millisecond. */
export function inSeconds(milliseconds: number): number {
  return Math.round(milliseconds) / 1000;
}

/** Why a passage is no evidence of a way that works; empty where it is. */
export function findFaults(passage: Passage): string[] {
  const { way, to, failure, lost, requests, losses, state, routes, seconds, askedAfter } = passage;
  const faults: string[] = [];
  const add = (text: string): void => void faults.push(`the way ${way}: ${text}`);
  if (failure !== null) add(`the update failed: ${failure}`);
  if (lost > 0) add(`${lost} of ${requests} requests were lost (${list(losses)})`);
  if (failure !== null) return faults;
  if (seconds.lastOld === null) add("no visitor met what it takes away, so nothing was measured");
  else if (seconds.lastOld > seconds.returned)
    add(`an answer of the state that was left came after ${seconds.lastOld} s, and the update had returned after ${seconds.returned} s`);
  if (!askedAfter) add("not every visitor could be asked ten times more after it");
  if (state === null) add(`the state was not compared with update ${to}`);
  else {
    if (state.mismatches.length > 0) add(`${state.mismatches.length} of ${state.resources} resources are not those of update ${to}`);
    if (state.flagsAmiss.length > 0) add(`the record of the stage says something else of ${state.flagsAmiss.join(", ")}`);
  }
  if (routes === null) add("no Traefik answered, so routes could not be proven");
  else if (routes.wrong.length > 0 || routes.routersAmiss.length > 0) add(`routes are not those of update ${to}`);
  return faults;
}

/** The report's file, relative to the project: `drills/dev-20270131T020000Z.json`. */
export function reportPath({ stage, at }: Pick<DrillReport, "stage" | "at">): string {
  return join(DRILLS_FOLDER, `${stage}-${at.replaceAll(/[-:]|\.\d+/g, "")}.json`);
}

/** The report's text: keys sorted at every depth, two spaces. The same report gives the same bytes. */
export function reportText(report: DrillReport): string {
  return `${JSON.stringify(JSON.parse(canonicalJson(report)), null, 2)}\n`;
}

function list(losses: Readonly<Record<string, number>>): string {
  return Object.entries(losses)
    .map(([why, count]) => `${count} times ${why}`)
    .join("; ");
}

import { canonicalJson } from "../../plan/canonical.ts";
import type { RouteAnswer } from "../../traffic/probe-routes.ts";
import type { Update } from "../history.ts";
import type { StageFacts } from "../status/stage-facts.ts";

/** One thing that a task asks for. */
export interface Finding {
  readonly what: string;
  readonly met: boolean;
  /** What is missing, and where to look. */
  readonly missing: string;
}

/** What is really there when an exercise is checked. */
export interface Seen {
  /** When the exercise began. */
  readonly started: Date;
  readonly stages: Readonly<Record<string, SeenStage>>;
}

export interface SeenStage {
  readonly facts: StageFacts;
  /** What every route answers every kind of visitor, held against the config that was last applied; null where that cannot be asked. */
  readonly answers: readonly RouteAnswer[] | null;
  /** Status of the gated route: 404 where it is not there; null where no Traefik answers. */
  readonly gatedStatus: number | null;
  /** Requests that a few newcomers sent, and how many of them failed. */
  readonly newcomers: { readonly asked: number; readonly failed: number };
}

/** @throws Error where the exercise has no such stage */
export function stageOf(seen: Seen, stage: string): SeenStage {
  const found = seen.stages[stage];
  if (found === undefined) throw new Error(`the exercise has no stage ${stage}`);
  return found;
}

/** The stage runs a flag at an exposure. */
export function runs(seen: Seen, stage: string, flag: string, exposure: number): Finding {
  const { facts } = stageOf(seen, stage);
  const now = facts.record?.exposures[flag];
  const found = !facts.stateKnown ? "its state cannot be read" : facts.record === null ? "its state is not there" : `it is at ${now ?? 0} per cent`;
  return { what: `${stage} has ${flag} at ${exposure} per cent`, met: now === exposure, missing: `${found}: npx sluice status` };
}

/** Visitors get what the last applied config says, through the Traefik that runs. */
export function answersAsPlanned(seen: Seen, stage: string): Finding {
  const { answers } = stageOf(seen, stage);
  const wrong = answers?.filter(({ state }) => state === "wrong") ?? [];
  const [first] = wrong;
  const missing =
    answers === null
      ? "there is no config that was applied, or no Traefik answers: is the exercise still running in its terminal?"
      : `${wrong.length} of ${answers.length} answers are wrong, such as ${first?.route ?? ""} for ${first?.visitor ?? ""}: npx sluice verify --stage ${stage}`;
  return { what: `visitors of ${stage} get what the config says`, met: answers !== null && answers.length > 0 && wrong.length === 0, missing };
}

/** Files are as the state has them, and nothing stands that no update knows of. */
export function nothingAstray(seen: Seen, stage: string): Finding {
  const { drift, standing, stateKnown } = stageOf(seen, stage).facts;
  const astray = [
    ...(stateKnown ? [] : ["it is not known what the state says"]),
    ...drift.map(({ name }) => `${name} is not as deployed`),
    ...standing.map(({ subject }) => `the kill of ${subject} is taken up by no update`),
  ];
  return { what: `files of ${stage} are as the state says`, met: astray.length === 0, missing: `${astray.join(", ")}: npx sluice status` };
}

/** No lock is left. */
export function unlocked(seen: Seen, stage: string): Finding {
  const { locks } = stageOf(seen, stage).facts;
  const holders = locks.map(({ who }) => who).join("; ");
  return { what: `the stack ${stage} is not locked`, met: locks.length === 0, missing: `it is held by ${holders}: npx pulumi cancel --stack ${stage}` };
}

/** The updates of a stage that succeeded since the exercise began. */
export function since(seen: Seen, stage: string): Update[] {
  return stageOf(seen, stage).facts.history.filter(({ kind, succeeded, endedAt }) => kind === "update" && succeeded && endedAt > seen.started);
}

/** An update has put something right; one that found nothing to do does not know what was wrong. */
export function repaired(seen: Seen, stage: string): Finding {
  return {
    what: `an update of ${stage} has put something right since the exercise began`,
    met: since(seen, stage).some(({ changedResources }) => changedResources),
    missing: `none has yet: npx sluice history --stage ${stage}`,
  };
}

/** Someone has made an update that succeeded since the exercise began. */
export function updated(seen: Seen, stage: string): Finding {
  const met = since(seen, stage).length > 0;
  return { what: `an update of ${stage} has succeeded since the exercise began`, met, missing: `there is none yet: npx sluice history --stage ${stage}` };
}

/** The stack file can be used, and says what runs. */
export function fileAgrees(seen: Seen, stage: string): Finding {
  const { model, applied } = stageOf(seen, stage).facts;
  const met = model !== null && applied !== null && canonicalJson(model.settings) === canonicalJson(applied.settings);
  const missing = model === null ? "it cannot be used: npx sluice matrix" : `it says something else: npx pulumi preview --stack ${stage} --diff`;
  return { what: `Pulumi.${stage}.yaml says what was applied last`, met, missing };
}

/** The audit has an operation that was done since the exercise began. */
export function audited(seen: Seen, stage: string, operation: string, subject: string): Finding {
  const met = stageOf(seen, stage).facts.entries.some(
    (entry) => entry.operation === operation && entry.subject === subject && entry.result === "done" && new Date(entry.at) > seen.started,
  );
  return { what: `the audit has ${operation} of ${subject} as done`, met, missing: `it has none: npx sluice audit --stage ${stage}` };
}

/**
 * A stage as simple as it can be thought of: what each flag is set to, which are killed, and every update there was.
 * It shares no code with Sluice. Its catalogue is `killCatalog`: TRANSCRIPTS_ENABLED requires AGENT_ENABLED.
 */
export const AGENT = "AGENT_ENABLED";
export const TRANSCRIPTS = "TRANSCRIPTS_ENABLED";
export const STEPS = [1, 5, 25, 50, 100];
/** By service, the flags that it reads; the first path is its own, the others are gated by a flag. */
export const SERVICES = { "voice-api": [AGENT, TRANSCRIPTS], "billing-api": [AGENT] } as const;

export interface Settings {
  readonly agent: number;
  readonly transcripts: number;
  readonly killed: readonly string[];
}

/** One update: its settings, and which way it went. `back` is the number of the update that it restored. */
export interface Past {
  readonly settings: Settings;
  readonly kind: "forth" | "killed" | "back" | "flag back";
  readonly back: number | null;
  readonly flag: string | null;
}

/** All updates, the oldest first; the last one runs. Numbers count from 1. */
export type StageModel = readonly Past[];

/** Per cent of visitors who have a flag. */
export function exposureOf({ agent, transcripts, killed }: Settings, flag: string): number {
  const first = killed.includes(AGENT) ? 0 : agent;
  if (flag === AGENT) return first;
  return killed.includes(TRANSCRIPTS) ? 0 : Math.min(transcripts, first);
}

/** Whether the visitors of a bucket, counted from 1, have a flag. */
export function bucketHas(settings: Settings, flag: string, bucket: number): boolean {
  return exposureOf(settings, flag) >= (STEPS[bucket - 1] ?? 0);
}

/** What runs. */
export function now(model: StageModel): Settings {
  return model.at(-1)?.settings ?? { agent: 0, transcripts: 0, killed: [] };
}

export function settingOf({ agent, transcripts }: Settings, flag: string): number {
  return flag === AGENT ? agent : transcripts;
}

export function withSetting(settings: Settings, flag: string, exposure: number): Settings {
  return flag === AGENT ? { ...settings, agent: exposure } : { ...settings, transcripts: exposure };
}

/** Whether Sluice takes settings: no flag is set above the one that it requires. */
export function isValid({ agent, transcripts }: Settings): boolean {
  return transcripts <= agent;
}

/** The number of the update to which a rollback goes, with nothing said; null where there is none. */
export function rollbackTarget(model: StageModel): number | null {
  const last = model.at(-1);
  if (last === undefined) return null;
  if (last.kind === "killed" || last.kind === "flag back") {
    return newest(model, model.length, ({ settings }) => differs(settings, last.settings) && !raises(last.settings, settings));
  }
  const [position, from] = followed(model, model.length, ({ kind }) => kind === "back");
  return newest(model, position, ({ settings }) => differs(settings, from.settings));
}

/** The same for a rollback of one flag, which asks for nothing but what was said of it. */
export function flagRollbackTarget(model: StageModel, flag: string): number | null {
  const said = ({ settings }: Past): number => settingOf(settings, flag);
  let position = model.length;
  for (;;) {
    const here = model[position - 1];
    const rollback = newest(model, position + 1, ({ kind, flag: of }) => kind === "back" || (kind === "flag back" && of === flag));
    const by = rollback === null ? undefined : model[rollback - 1];
    if (here === undefined || by?.back === null || by === undefined || said(by) !== said(here) || by.back >= position) break;
    position = by.back;
  }
  const here = model[position - 1];
  return here === undefined ? null : newest(model, position, (past) => said(past) !== said(here));
}

/** Where a rollback of a rollback stands: at what it went back to. */
function followed(model: StageModel, from: number, isBack: (past: Past) => boolean): [number, Past] {
  let position = from;
  for (;;) {
    const here = model[position - 1];
    if (here === undefined) throw new Error(`there is no update ${position}`);
    if (!isBack(here) || here.back === null) return [position, here];
    position = here.back;
  }
}

/** The number of the newest update before one that is of a kind. */
function newest(model: StageModel, before: number, is: (past: Past) => boolean): number | null {
  const index = model.slice(0, before - 1).findLastIndex(is);
  return index < 0 ? null : index + 1;
}

function differs(one: Settings, other: Settings): boolean {
  return one.agent !== other.agent || one.transcripts !== other.transcripts || [...one.killed].sort().join() !== [...other.killed].sort().join();
}

function raises(from: Settings, to: Settings): boolean {
  return [AGENT, TRANSCRIPTS].some((flag) => exposureOf(to, flag) > exposureOf(from, flag));
}

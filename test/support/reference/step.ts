import {
  AGENT,
  flagRollbackTarget,
  isValid,
  now,
  type Past,
  rollbackTarget,
  type Settings,
  STEPS,
  type StageModel,
  settingOf,
  TRANSCRIPTS,
  withSetting,
} from "./stage-model.ts";

/** What a person does to a stage. */
export type Step =
  | { readonly kind: "set"; readonly flag: string; readonly exposure: number }
  | { readonly kind: "promote"; readonly flag: string; readonly to: number }
  | { readonly kind: "kill" | "revive"; readonly flag: string }
  | { readonly kind: "rollback" }
  | { readonly kind: "rollback to"; readonly update: number }
  | { readonly kind: "rollback flag"; readonly flag: string }
  /** Someone edits Traefik's document, and an update takes it back. */
  | { readonly kind: "drift" };

const FLAGS = [AGENT, TRANSCRIPTS];

/** Every step that can be taken, and does something; a promotion by one step or two. */
export function possibleSteps(model: StageModel): Step[] {
  const settings = now(model);
  const sets = FLAGS.flatMap((flag) => [0, ...STEPS].map((exposure): Step => ({ kind: "set", flag, exposure })));
  const promotions = FLAGS.filter((flag) => !settings.killed.includes(flag) && !settings.killed.includes(AGENT)).flatMap((flag) =>
    STEPS.filter((step) => step > settingOf(settings, flag))
      .slice(0, 2)
      .map((to): Step => ({ kind: "promote", flag, to })),
  );
  const kills = FLAGS.map((flag): Step => ({ kind: settings.killed.includes(flag) ? "revive" : "kill", flag }));
  const backs: Step[] = [{ kind: "rollback" }, ...FLAGS.map((flag): Step => ({ kind: "rollback flag", flag })), { kind: "drift" }];
  const numbered = model.length > 1 ? [{ kind: "rollback to" as const, update: Math.max(1, model.length - 2) }] : [];
  return [...sets, ...promotions, ...kills, ...backs, ...numbered].filter((step) => isPossible(model, step));
}

/** The step that undoes the last one, by the way that a person would take; null where there is none. */
export function inverse(before: StageModel, step: Step): Step | null {
  switch (step.kind) {
    case "set":
    case "promote":
      return { kind: "set", flag: step.flag, exposure: settingOf(now(before), step.flag) };
    case "kill":
      return { kind: "revive", flag: step.flag };
    case "revive":
      return { kind: "kill", flag: step.flag };
    case "rollback":
    case "rollback to":
    case "rollback flag":
      return { kind: "rollback to", update: before.length };
    case "drift":
      return null;
    default:
      return step satisfies never;
  }
}

/** The model after a step; as it was where Sluice must refuse it. */
export function taken(model: StageModel, step: Step): StageModel {
  const settings = now(model);
  const add = (next: Settings, past: Partial<Past> = {}): StageModel =>
    isValid(next) ? [...model, { settings: next, kind: "forth", back: null, flag: null, ...past }] : model;
  switch (step.kind) {
    case "set":
      return add(withSetting(settings, step.flag, step.exposure));
    case "promote":
      return STEPS.filter((exposure) => exposure > settingOf(settings, step.flag) && exposure <= step.to).reduce<StageModel>((course, exposure) => {
        const next = withSetting(now(course), step.flag, exposure);
        return isValid(next) ? [...course, { settings: next, kind: "forth", back: null, flag: null }] : course;
      }, model);
    case "kill":
      return add({ ...settings, killed: [...settings.killed, step.flag] }, { kind: "killed" });
    case "revive":
      return add({ ...settings, killed: settings.killed.filter((flag) => flag !== step.flag) });
    case "rollback": {
      const target = rollbackTarget(model);
      return target === null ? model : add(settingsOf(model, target), { kind: "back", back: target });
    }
    case "rollback to":
      return add(settingsOf(model, step.update), { kind: "back", back: step.update });
    case "rollback flag": {
      const target = flagRollbackTarget(model, step.flag);
      if (target === null) return model;
      return add(withSetting(settings, step.flag, settingOf(settingsOf(model, target), step.flag)), { kind: "flag back", back: target, flag: step.flag });
    }
    case "drift":
      return add(settings);
    default:
      return step satisfies never;
  }
}

/**
 * Whether a step can be taken and, but for rollbacks and drift, does something: a rollback that has nowhere to go is worth
 * a look. The gates refuse to raise a flag while the one that it requires is killed; that is the business of other suites.
 */
export function isPossible(model: StageModel, step: Step): boolean {
  const after = now(taken(model, step));
  if (after.killed.includes(AGENT) && after.transcripts > now(model).transcripts) return false;
  if (step.kind === "drift" || step.kind.startsWith("rollback")) return true;
  return taken(model, step) !== model && (step.kind !== "set" || settingOf(after, step.flag) !== settingOf(now(model), step.flag));
}

function settingsOf(model: StageModel, number: number): Settings {
  const past = model[number - 1];
  if (past === undefined) throw new Error(`there is no update ${number}`);
  return past.settings;
}

import type { Model } from "../../config/parse.ts";
import { type Setting, type StageSettings, settingOf } from "../../model/settings.ts";

/** A stage's settings as if a flag were at an exposure, and what they take for granted beside it. */
export interface AsIfRaised {
  readonly settings: StageSettings;
  /** What is killed in the config, as `sluice revive` names it: the flag, what it requires, or routes of these. */
  readonly revived: readonly string[];
  /** Flags that it requires, directly or not, and that the config has less far on. */
  readonly raised: readonly string[];
}

/** All other flags stay as they are in the config. @param exposure per cent of visitors */
export function asIfRaised({ catalog, settings }: Model, flag: string, exposure: number): AsIfRaised {
  const own: Setting = { ...settingOf(settings, flag), exposure, settled: false };
  const required = requiredBy(catalog.flags, flag);
  const raised = required.filter((other) => settingOf(settings, other).exposure < exposure);
  const needed = new Set([flag, ...required]);
  const killed = Object.entries(settings.kill).filter(([name]) => needed.has(name));
  return {
    settings: {
      ...settings,
      flags: { ...settings.flags, ...Object.fromEntries(raised.map((other) => [other, { ...settingOf(settings, other), exposure }])), [flag]: own },
      kill: Object.fromEntries(Object.entries(settings.kill).filter(([name]) => !needed.has(name))),
    },
    revived: killed.flatMap(([name, kill]) => (kill === true ? [name] : kill.map((route) => `${name}/${route}`))).sort(),
    raised,
  };
}

/** The flags that one requires, directly or not, sorted. */
function requiredBy(flags: Model["catalog"]["flags"], flag: string): string[] {
  const found = new Set<string>();
  const due = [flag];
  for (const one of due) {
    for (const other of flags[one]?.requires ?? []) {
      if (found.has(other)) continue;
      found.add(other);
      due.push(other);
    }
  }
  return [...found].sort();
}

import type { StageSettings } from "./settings.ts";

/** What a kill names: a flag, or one of its gated routes as `FLAG/route`. */
export function killSubjects(settings: Pick<StageSettings, "kill">): string[] {
  return Object.entries(settings.kill)
    .flatMap(([flag, kill]) => (kill === true ? [flag] : kill.map((route) => routeSubject(flag, route))))
    .sort();
}

export function routeSubject(flag: string, route: string): string {
  return `${flag}/${route}`;
}

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

/** Those of some kills that others do not take in; a route is also killed with its whole flag. @param killed subjects of the others */
export function killsBeyond<Kill extends { readonly subject: string }>(kills: readonly Kill[], killed: readonly string[]): Kill[] {
  return kills.filter(({ subject }) => !killed.some((other) => subject === other || subject.startsWith(`${other}/`)));
}

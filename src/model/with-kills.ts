import type { Catalog } from "./catalog.ts";
import { killSubjects, killsBeyond } from "./kills.ts";
import type { Kill, StageSettings } from "./settings.ts";

/** The settings with what was killed where the stage runs and the config does not have yet; and what that is. Flags that the catalogue no longer has are left out. */
export function withStandingKills(
  { flags }: Pick<Catalog, "flags">,
  settings: StageSettings,
  standing: readonly { readonly subject: string }[],
): { readonly settings: StageSettings; readonly beyond: readonly string[] } {
  const beyond = killsBeyond(standing, killSubjects(settings))
    .map(({ subject }) => subject)
    .filter((subject) => isKnown(flags, subject));
  const kill: Record<string, Kill> = { ...settings.kill };
  for (const subject of beyond) {
    const [flag = "", route] = subject.split("/");
    const before = kill[flag];
    if (before !== true) kill[flag] = route === undefined ? true : [...(before ?? []), route];
  }
  return { settings: { ...settings, kill }, beyond };
}

function isKnown(flags: Catalog["flags"], subject: string): boolean {
  const [flag = "", route] = subject.split("/");
  return Object.hasOwn(flags, flag) && (route === undefined || Object.hasOwn(flags[flag]?.routes ?? {}, route));
}

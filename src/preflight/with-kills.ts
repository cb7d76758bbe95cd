import type { StandingKill } from "../files/standing-kills.ts";
import type { Catalog } from "../model/catalog.ts";
import { killSubjects, killsBeyond } from "../model/kills.ts";
import type { Kill, StageSettings } from "../model/settings.ts";

/** The settings with what was killed in a cluster and the config does not have yet; and what that is. Flags that the catalogue no longer has are left out. */
export function withStandingKills(
  { flags }: Pick<Catalog, "flags">,
  settings: StageSettings,
  standing: readonly StandingKill[],
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

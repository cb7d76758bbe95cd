import { adding, ending, type StandingKill } from "../../files/standing-kills.ts";
import { killSubjects } from "../../model/kills.ts";
import type { Kill } from "../../model/settings.ts";
import { redactText } from "../audit/redact.ts";
import { applyChange, planChange, type SettingsChange } from "../change-settings.ts";
import { OperationError } from "../errors.ts";
import { siteFromConfig } from "../find-site.ts";
import { catalogOf, modelOf, readProject, readStackFile, requireStage } from "../project.ts";
import { killSchema } from "./kill.ts";
import { findSubject, type Subject } from "./subject.ts";

/** The end of a kill that is ready to be applied; nothing has been touched. */
export interface Revival {
  readonly subject: Subject;
  readonly change: SettingsChange;
  /** The kill that no update has taken up; null where one has. */
  readonly standing: StandingKill | null;
}

/**
 * Prepares to end a kill: the flag goes back to what its setting says, a route comes back.
 * @throws OperationError when there is no such kill, or the stage's config cannot be used
 */
export async function planRevive(root: string, stage: string, name: string, now: Date): Promise<Revival> {
  const project = await readProject(root);
  requireStage(project, stage);
  const subject = findSubject(catalogOf(project, {}), name);
  const stackFile = await readStackFile(project, stage);
  const { kill } = modelOf(project, stage, stackFile.config).settings;
  const kills = await (await siteFromConfig(project, stage, stackFile)).standingKills.read();
  const standing = kills.find((one) => one.subject === subject.name) ?? null;
  if (withoutSubject(kill, subject) === null && standing === null) {
    const killed = killSubjects({ kill });
    throw new OperationError(
      "refused",
      `${subject.name} is not killed in ${stage}; ${killed.length === 0 ? "nothing is" : `killed are: ${killed.join(", ")}`}.`,
    );
  }
  const standings = { before: kills, after: ending(subject.name)(kills) };
  const change = await planChange(project, stage, stackFile, (config) => withoutKill(config, project.name, subject), now, standings);
  return { subject, change, standing };
}

/**
 * Ends a kill by an update.
 * @throws OperationError when the engine fails; the kill stands then
 */
export async function revive(
  root: string,
  { subject, change, standing }: Revival,
  reason: string,
): Promise<{ readonly update: number; readonly seconds: number }> {
  const { standingKills } = await siteFromConfig(change.project, change.stage, change.stackFile);
  // Before the update: the document that it writes leaves out whatever stands.
  await standingKills.edit(ending(subject.name));
  try {
    // The state need not know of a kill that still stands: only a look at the documents shows that they are without the flag.
    return await applyChange(root, change, redactText(`sluice revive ${subject.name}: ${reason}`, []), standing !== null);
  } catch (error) {
    if (standing !== null) await standingKills.edit(adding(standing));
    throw error;
  }
}

/** A stage's config without a kill; without the key where no other is left. */
function withoutKill(config: Readonly<Record<string, unknown>>, project: string, subject: Subject): Record<string, unknown> {
  const key = `${project}:kill`;
  const kills = killSchema.safeParse(config[key] ?? {});
  const rest = kills.success ? withoutSubject(kills.data, subject) : null;
  if (rest === null) return { ...config };
  if (Object.keys(rest).length > 0) return { ...config, [key]: rest };
  return Object.fromEntries(Object.entries(config).filter(([other]) => other !== key));
}

/** The kills without one; null where it is not among them. */
function withoutSubject(kill: Readonly<Record<string, Kill>>, { flag, route }: Subject): Record<string, Kill> | null {
  const own = kill[flag];
  if (own === undefined || (route !== null && (own === true || !own.includes(route)))) return null;
  const others = Object.fromEntries(Object.entries(kill).filter(([other]) => other !== flag));
  const routes = route === null || own === true ? [] : own.filter((other) => other !== route);
  return routes.length === 0 ? others : { ...others, [flag]: routes };
}

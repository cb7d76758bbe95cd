import { standingKillsPath } from "../../files/stage-folder.ts";
import { adding, editStandingKills, ending, readStandingKills } from "../../files/standing-kills.ts";
import type { Kill as KillSetting } from "../../model/settings.ts";
import { applyChange, planChange, type SettingsChange } from "../change-settings.ts";
import { OperationError } from "../errors.ts";
import { placesOf } from "../places.ts";
import { catalogOf, modelOf, readProject, readStackFile, requireStage } from "../project.ts";
import { findSubject, type Subject } from "./subject.ts";

/** The end of a kill that is ready to be applied; nothing has been touched. */
export interface Revival {
  readonly subject: Subject;
  readonly change: SettingsChange;
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
  const rest = withoutSubject(kill, subject);
  const standing = await readStandingKills(standingKillsPath(placesOf(project, stage, stackFile).folder));
  if (rest === null && !standing.some((one) => one.subject === subject.name)) {
    const killed = Object.entries(kill).map(([flag, own]) => (own === true ? flag : own.map((route) => `${flag}/${route}`).join(", ")));
    throw new OperationError(
      "refused",
      `${subject.name} is not killed in ${stage}; ${killed.length === 0 ? "nothing is" : `killed are: ${killed.join(", ")}`}.`,
    );
  }
  const config = { ...stackFile.config, [`${project.name}:kill`]: rest ?? kill };
  return { subject, change: await planChange(project, stage, stackFile, config, now) };
}

/**
 * Ends a kill by an update.
 * @throws OperationError when the engine fails; the kill stands then
 */
export async function revive(root: string, { subject, change }: Revival, reason: string): Promise<{ readonly update: number; readonly seconds: number }> {
  const path = standingKillsPath(placesOf(change.project, change.stage, change.stackFile).folder);
  const standing = (await readStandingKills(path)).find((one) => one.subject === subject.name);
  // Before the update: the document that it writes leaves out whatever stands.
  await editStandingKills(path, ending(subject.name));
  try {
    return await applyChange(root, change, `sluice revive ${subject.name}: ${reason}`);
  } catch (error) {
    if (standing !== undefined) await editStandingKills(path, adding(standing));
    throw error;
  }
}

/** The kills without one; null where it is not among them. */
function withoutSubject(kill: Readonly<Record<string, KillSetting>>, { flag, route }: Subject): Record<string, KillSetting> | null {
  const own = kill[flag];
  if (own === undefined || (route !== null && (own === true || !own.includes(route)))) return null;
  const others = Object.fromEntries(Object.entries(kill).filter(([other]) => other !== flag));
  const routes = route === null || own === true ? [] : own.filter((other) => other !== route);
  return routes.length === 0 ? others : { ...others, [flag]: routes };
}

import { ending } from "../../files/standing-kills.ts";
import { redactText } from "../audit/redact.ts";
import { engineOf } from "../engine.ts";
import { OperationError } from "../errors.ts";
import { siteFromConfig } from "../find-site.ts";
import { lastApplied, numberOf, readHistory, type Update } from "../history.ts";
import { readProject, readStackFile } from "../project.ts";
import type { Project } from "../project-file.ts";
import { editStackFile, withCopy, withoutCatalog } from "../stack-file.ts";
import { readLocks, recoverStack } from "../stack-lock.ts";
import { unappliedChanges } from "../unapplied-changes.ts";
import { type Kill, type KillEvent, standing, withKill } from "./kill.ts";

/**
 * Brings the state along after a kill, and nothing else that the file may say. A kill does not wait for it:
 * what cannot be done is said, with the command that does it later.
 * @returns the number of the update; null when there was none
 */
export async function reconcile({ project, stage, subject, stranded }: Kill, reason: string, onEvent: (event: KillEvent) => void): Promise<number | null> {
  try {
    const engine = engineOf(project, stage);
    const site = await siteFromConfig(project, stage, await readStackFile(project, stage));
    await site.keepOff(standing(subject), tellingOnce(project, stage, onEvent));
    await recoverStack(project, stage, engine, 0);
    const message = redactText(`sluice kill ${subject.name}: ${reason}`, []);
    const file = await readStackFile(project, stage);
    const applied = lastApplied(await readHistory(project, stage));
    const own = applied === undefined ? file.config : withoutCatalog(applied.config, project.name);
    const seconds = await withCopy(project, file, withKill(own, project.name, subject), (copy) => engine.up(message, copy));
    // Should anyone have written the file meanwhile from what they had read before the kill.
    await editStackFile(project, stage, (config) => withKill(config, project.name, subject));
    // An update that finds nothing to change writes no document, and so ends no standing: this flag was killed before.
    await site.standingKills.edit(ending(subject.name));
    const history = await readHistory(project, stage);
    onEvent({ kind: "reconciled", seconds, ahead: await findAhead(project.root, stage, lastApplied(history)) });
    return numberOf(history, message);
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    const effect = stranded.length === 0 ? "Traffic is off" : "The kill is written";
    onEvent({ kind: "left", reason: `${effect}; the state does not know of it yet. ${error.message}`, command: `npx pulumi up --stack ${stage}` });
    return null;
  }
}

/** What the files say beyond an update; they are read anew, because people go on writing. */
async function findAhead(root: string, stage: string, applied: Update | undefined): Promise<readonly string[]> {
  if (applied === undefined) return [];
  try {
    const project = await readProject(root);
    return unappliedChanges(project, await readStackFile(project, stage), applied);
  } catch (error) {
    if (error instanceof OperationError) return [error.message];
    throw error;
  }
}

/** Whether an update holds the stage, as far as can be seen from here: a lock in another backend cannot. The first that does is told. */
function tellingOnce(project: Project, stage: string, onEvent: (event: KillEvent) => void): () => Promise<boolean> {
  let told = false;
  return async () => {
    const locks = await readLocks(project, stage).catch(noneIfElsewhere);
    const living = locks.filter(({ dead }) => !dead).map(({ who }) => who);
    if (living.length > 0 && !told) onEvent({ kind: "guarding", who: living.join("; ") });
    told ||= living.length > 0;
    return living.length > 0;
  };
}

function noneIfElsewhere(error: unknown): [] {
  if (error instanceof OperationError && error.failure === "missing") return [];
  throw error;
}

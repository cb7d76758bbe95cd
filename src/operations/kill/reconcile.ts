import { standingKillsPath } from "../../files/stage-folder.ts";
import { endStandingKill } from "../../files/standing-kills.ts";
import { engineOf } from "../engine.ts";
import { OperationError } from "../errors.ts";
import { readHistory } from "../history.ts";
import { recoverStack } from "../stage-lock.ts";
import { type Kill, type KillEvent, placesOf } from "./kill.ts";

/**
 * Brings the state along after a kill. A kill does not wait for it: what cannot be done is said, with
 * the command that does it later.
 * @returns the number of the update; null when there was none
 */
export async function reconcile({ project, stage, subject, stackFile }: Kill, reason: string, onEvent: (event: KillEvent) => void): Promise<number | null> {
  try {
    const engine = engineOf(project, stage);
    await recoverStack(project, stage, engine, 0);
    const seconds = await engine.up(`sluice kill ${subject.name}: ${reason}`);
    // An update that finds nothing to change writes no document, and so ends no standing: this flag was killed before.
    await endStandingKill(standingKillsPath(placesOf(project, stage, stackFile).folder), subject.name);
    onEvent({ kind: "reconciled", seconds });
    return (await readHistory(project, stage)).at(-1)?.number ?? null;
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    onEvent({ kind: "left", reason: error.message, command: `npx pulumi up --stack ${stage}` });
    return null;
  }
}

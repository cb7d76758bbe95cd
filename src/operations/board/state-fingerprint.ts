import { createHash } from "node:crypto";
import { readdir, stat } from "node:fs/promises";
import { dirname, isAbsolute, join } from "node:path";
import { DRILLS_FOLDER } from "../../config/read-drills.ts";
import { standingKillsPath, traefikPath } from "../../files/stage-folder.ts";
import { auditPath } from "../audit/audit-file.ts";
import { findSite } from "../find-site.ts";
import { type Project, readProject, readStackFile, stagesOf } from "../project.ts";
import { stateFolder } from "../state-files.ts";

/**
 * A text that is another one once a file changes from which the board is made: the project's and the stages'
 * files, states, histories, audits, locks, standing kills and drill reports. Cheap: it reads times and sizes.
 */
export async function fingerprintState(root: string): Promise<string> {
  const project = await readProject(root).catch(() => null);
  const own = [join(root, "Pulumi.yaml"), join(root, DRILLS_FOLDER)];
  const paths = project === null ? own : [...own, ...(await pathsOf(project))];
  const marks = await Promise.all([...new Set(paths)].map(markOf));
  return createHash("sha256").update(marks.join("\n")).digest("hex");
}

async function pathsOf(project: Project): Promise<string[]> {
  const state = orNull(() => stateFolder(project));
  const stages = orNull(() => stagesOf(project)) ?? [];
  const perStage = await Promise.all(
    stages.map(async (stage) => {
      const stackFile = await readStackFile(project, stage).catch(() => null);
      // On Kubernetes the kills are in the cluster, which is not asked each time.
      const kills = await findSite(project, stage, stackFile, undefined).then(
        (site) => site?.standingKills.place,
        () => undefined,
      );
      const folder = kills !== undefined && isAbsolute(kills) ? dirname(kills) : undefined;
      return [
        join(project.root, `Pulumi.${stage}.yaml`),
        auditPath(project, stage),
        ...(folder === undefined ? [] : [standingKillsPath(folder), traefikPath(folder)]),
        ...(state === null
          ? []
          : [
              join(state, "stacks", project.name, `${stage}.json`),
              join(state, "history", project.name, stage),
              join(state, "locks", "organization", project.name, stage),
            ]),
      ];
    }),
  );
  return perStage.flat();
}

/** How many files of a folder are looked at, the newest by their names: a history has thousands. */
const MOST_FILES = 400;

/** A folder by the names in it, and by the newest of these files, which may be mended where they are. */
async function markOf(path: string): Promise<string> {
  const found = await stat(path).catch(() => null);
  if (found === null) return `${path} -`;
  const own = `${path} ${found.mtimeMs} ${found.size}`;
  if (!found.isDirectory()) return own;
  const names = await readdir(path).catch(() => []);
  const newest = names.sort().slice(-MOST_FILES);
  const marks = await Promise.all(
    newest.map((name) =>
      stat(join(path, name)).then(
        ({ mtimeMs, size }) => `${mtimeMs} ${size}`,
        () => "-",
      ),
    ),
  );
  return `${own} ${names.length} ${marks.join(" ")}`;
}

function orNull<T>(read: () => T): T | null {
  try {
    return read();
  } catch {
    return null;
  }
}

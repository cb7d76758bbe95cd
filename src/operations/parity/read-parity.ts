import { parseCatalog } from "../../config/parse.ts";
import type { Catalog } from "../../model/catalog.ts";
import { OperationError } from "../errors.ts";
import { readHistory, type Update } from "../history.ts";
import { fromOwnFile } from "../own-files.ts";
import { catalogOf, modelOf, type Project, readProject, readStackFile, requireStage } from "../project.ts";
import { type Difference, findDifferences } from "./find-differences.ts";

/** Where two stages differ in anything but exposure. */
export interface Parity {
  readonly left: string;
  readonly right: string;
  readonly differences: readonly Difference[];
  /** What was not compared, and why. */
  readonly notes: readonly string[];
}

/** Compares the config of two stages, and the catalogues that they were last deployed with. @throws OperationError when a config cannot be used */
export async function readParity(root: string, left: string, right: string): Promise<Parity> {
  const project = await readProject(root);
  const [leftFacts, rightFacts] = [await readFacts(project, left), await readFacts(project, right)];
  const notes = [leftFacts.note, rightFacts.note].filter((note) => note !== null);
  return { left, right, differences: findDifferences(catalogOf(project, {}), leftFacts, rightFacts), notes: [...new Set(notes)] };
}

async function readFacts(project: Project, stage: string) {
  requireStage(project, stage);
  const { settings } = modelOf(project, stage, (await readStackFile(project, stage)).config);
  return { settings, ...(await readDeployedCatalog(project, stage)) };
}

/** The catalogue that a stage was last deployed with, or a note on why there is none to compare. */
async function readDeployedCatalog(project: Project, stage: string): Promise<{ readonly deployedCatalog: Catalog | null; readonly note: string | null }> {
  const none = (why: string) => ({ deployedCatalog: null, note: `The deployed catalogues were not compared. ${why}` });
  let history: readonly Update[];
  try {
    history = await readHistory(project, stage);
  } catch (error) {
    if (error instanceof OperationError && error.failure === "missing") return none(error.message);
    throw error;
  }
  const last = history.findLast((update) => update.succeeded && (update.kind === "update" || update.kind === "destroy"));
  if (last === undefined || last.kind === "destroy") return none(`Nothing is deployed in ${stage}.`);
  const { catalog, faults } = parseCatalog(fromOwnFile(project.root, "catalog", last.config[`${project.name}:catalog`]));
  if (catalog === null || faults.length > 0) return none(`That of update ${last.number} of ${stage} cannot be read any more.`);
  return { deployedCatalog: catalog, note: null };
}

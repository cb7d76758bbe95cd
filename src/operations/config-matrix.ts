import type { Model } from "../config/parse.ts";
import { effectiveExposures } from "../model/exposure.ts";
import { settingOf } from "../model/settings.ts";
import { OperationError } from "./errors.ts";
import { flagNamesOf, modelOf, readProject, readStackFile, stagesOf } from "./project.ts";

/** A flag in one stage, as the config says; no state is asked. */
export interface FlagCell {
  /** Per cent of visitors, after kills and prerequisites. */
  readonly exposure: number;
  /** Per cent that the setting asks for. */
  readonly asked: number;
  readonly testers: boolean;
  readonly settled: boolean;
  readonly killed: boolean;
  /** Gated routes that a kill takes away. */
  readonly routesTaken: readonly string[];
}

/** A stage's flags, or why its config cannot be used. */
export type StageColumn = { readonly flags: Readonly<Record<string, FlagCell>>; readonly fault: null } | { readonly flags: null; readonly fault: string };

/** Every flag of the catalogue in every stage. */
export interface ConfigMatrix {
  readonly flags: readonly string[];
  readonly stages: Readonly<Record<string, StageColumn>>;
}

/** Reads the matrix from `Pulumi.yaml` and every `Pulumi.<stage>.yaml` of a folder. @throws OperationError when the project file cannot be used */
export async function readConfigMatrix(root: string): Promise<ConfigMatrix> {
  const project = await readProject(root);
  const columns = await Promise.all(
    stagesOf(project).map(async (stage): Promise<[string, StageColumn]> => {
      try {
        return [stage, { flags: flagCells(modelOf(project, stage, (await readStackFile(project, stage)).config)), fault: null }];
      } catch (error) {
        if (error instanceof OperationError) return [stage, { flags: null, fault: error.message }];
        throw error;
      }
    }),
  );
  return { flags: flagNamesOf(project), stages: Object.fromEntries(columns) };
}

/** What a stage's config makes of every flag of the catalogue. */
export function flagCells({ catalog, settings }: Model): Record<string, FlagCell> {
  const cells = [...effectiveExposures(catalog, settings)].map(([flag, exposure]): [string, FlagCell] => {
    const kill = settings.kill[flag];
    return [flag, { ...exposure, asked: settingOf(settings, flag).exposure, routesTaken: kill === undefined || kill === true ? [] : kill }];
  });
  return Object.fromEntries(cells);
}

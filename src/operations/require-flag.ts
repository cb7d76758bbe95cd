import { nearest } from "../model/fault.ts";
import { OperationError } from "./errors.ts";
import { catalogOf, type Project } from "./project.ts";

/** @throws OperationError (`config`) when the catalogue has no such flag */
export function requireFlag(project: Project, flag: string): void {
  const flags = Object.keys(catalogOf(project, {}).flags);
  if (flags.includes(flag)) return;
  const near = nearest(flag, flags);
  throw new OperationError("config", `There is no flag ${flag}; the catalogue has ${flags.join(", ")}.${near === null ? "" : ` Did you mean ${near}?`}`);
}

import { z } from "zod";
import { TOLD_LICENCES } from "./dependency-rules.ts";

const lockSchema = z.object({
  packages: z.record(
    z.string(),
    z.object({
      version: z.string().optional(),
      license: z.string().optional(),
      integrity: z.string().optional(),
      hasInstallScript: z.boolean().default(false),
      dev: z.boolean().default(false),
      link: z.boolean().default(false),
      os: z.array(z.string()).default([]),
      cpu: z.array(z.string()).default([]),
    }),
  ),
});

/** A package as the lock file has it; several versions of one are several. */
export interface LockedPackage {
  readonly name: string;
  readonly version: string;
  /** As an SPDX expression; empty where nothing tells one. */
  readonly licence: string;
  /** Whether its content is held to a hash. */
  readonly hashed: boolean;
  readonly hasInstallScript: boolean;
  /** Whether only the development of Sluice needs it. */
  readonly dev: boolean;
  /** Whether it is for some machines only. */
  readonly ofMachine: boolean;
}

/** The packages of a lock file of npm, without the project itself. @throws ZodError where it is no such file */
export function lockedPackages(lock: unknown): LockedPackage[] {
  return Object.entries(lockSchema.parse(lock).packages).flatMap(([path, found]) => {
    if (path === "" || found.link) return [];
    const { version = "", license = "", integrity, hasInstallScript, dev, os, cpu } = found;
    const name = path.slice(path.lastIndexOf("node_modules/") + "node_modules/".length);
    return [
      {
        name,
        version,
        licence: licenceOf(name, license),
        hashed: integrity !== undefined,
        hasInstallScript,
        dev,
        ofMachine: os.length + cpu.length > 0,
      },
    ];
  });
}

function licenceOf(name: string, field: string): string {
  const told = TOLD_LICENCES[name];
  return told?.field === field ? told.licence : field;
}

import { partsOf } from "../flag-parts.ts";

type Config = Readonly<Record<string, unknown>>;

/** A stage's config with a flag at another exposure; testers keep it, and the form that the setting was written in stays. */
export function withExposure(config: Config, project: string, flag: string, exposure: number): Record<string, unknown> {
  const setting = partsOf(config, project, flag).flags;
  const value = typeof setting === "object" && setting !== null ? { ...setting, exposure } : exposure === 100 ? true : exposure;
  const key = `${project}:flags`;
  return { ...config, [key]: { ...flagsOf(config, project), [flag]: value } };
}

function flagsOf(config: Config, project: string): Record<string, unknown> {
  const flags = config[`${project}:flags`];
  return typeof flags === "object" && flags !== null ? { ...flags } : {};
}

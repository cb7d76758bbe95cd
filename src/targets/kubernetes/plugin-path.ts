import { isAbsolute, relative, resolve } from "node:path";

/**
 * A path of the config as a plugin finds it: plugins run in the program's folder. One that is relative stays so, because
 * the state has it: an absolute one would make the same project in another folder look like a change of everything.
 * @param root the project's folder, to which the config's paths are relative
 */
export function pluginPath(root: string, path: string, folder = process.cwd()): string {
  return isAbsolute(path) ? path : relative(folder, resolve(root, path));
}

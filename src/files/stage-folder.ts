import { join } from "node:path";

/** Where the documents of a local stage are, in its folder. */
export function traefikPath(folder: string): string {
  return join(folder, "traefik", "dynamic.yaml");
}

export function flagdPath(folder: string): string {
  return join(folder, "flagd", "flags.json");
}

/** The kills that no update has taken up yet. */
export function standingKillsPath(folder: string): string {
  return join(folder, "kills.json");
}

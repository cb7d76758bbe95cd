import { homedir } from "node:os";
import { join } from "node:path";

/** The folder for tools and downloads that are not Pulumi's own: `SLUICE_CACHE`, or the platform's usual place. */
export function cacheFolder(): string {
  const own = process.env["SLUICE_CACHE"];
  if (own) return own;
  if (process.platform === "darwin") return join(homedir(), "Library", "Caches", "sluice");
  return join(process.env["XDG_CACHE_HOME"] || join(homedir(), ".cache"), "sluice");
}

/** The platform in the words of Go's releases, such as `linux` and `amd64`. */
export function platform(): { readonly os: string; readonly goArch: string; readonly nodeArch: string } {
  return { os: process.platform, goArch: process.arch === "x64" ? "amd64" : process.arch, nodeArch: process.arch };
}

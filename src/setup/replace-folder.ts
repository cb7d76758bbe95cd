import { mkdir, mkdtemp, rename, rm } from "node:fs/promises";
import { dirname } from "node:path";

/** Fills a folder beside the place, then moves it there in one step, so that no half of a tool is ever found. */
export async function replaceFolder(place: string, fill: (folder: string) => Promise<void>): Promise<void> {
  await mkdir(dirname(place), { recursive: true });
  const beside = await mkdtemp(`${place}.new-`);
  try {
    await fill(beside);
    await rm(place, { recursive: true, force: true });
    await rename(beside, place);
  } finally {
    await rm(beside, { recursive: true, force: true });
  }
}

import { readdir, readFile, rename } from "node:fs/promises";
import { basename, dirname, join } from "node:path";

/** What Traefik takes for a document, in a folder and all below it. */
const DOCUMENT = /\.(ya?ml|toml)$/;
const ENDING = ".aside";

/**
 * Sets aside copies of a document that lie in its folder, as a person makes one before an edit: Traefik reads every
 * document there, and leads visitors by the copy wherever both have a router of the same name.
 * @param isCopy whether a text is one; a document of somebody else's stays
 * @returns the names of those that were set aside, in that folder; each has the ending `.aside` now
 */
export async function setCopiesAside(path: string, isCopy: (text: string) => boolean): Promise<string[]> {
  const folder = dirname(path);
  const names = await readdir(folder, { recursive: true }).catch(() => []);
  const others = names.filter((name) => DOCUMENT.test(name) && name !== basename(path));
  const copies = await Promise.all(
    others.map(async (name) => {
      const text = await readFile(join(folder, name), "utf8").catch(() => "");
      return isCopy(text) ? [name] : [];
    }),
  );
  for (const name of copies.flat()) await rename(join(folder, name), join(folder, name + ENDING));
  return copies.flat();
}

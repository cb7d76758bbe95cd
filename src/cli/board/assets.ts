import { createHash } from "node:crypto";
import { readFile } from "node:fs/promises";

/** The files that every page needs. */
export interface Assets {
  readonly css: string;
  /** SHA-256 of the style sheet in base64, as a content security policy names it. */
  readonly cssHash: string;
  readonly script: string;
  readonly icon: string;
}

export async function readAssets(): Promise<Assets> {
  const [css, script, icon] = await Promise.all(
    ["board.css", "board.js", "icon.svg"].map((name) => readFile(new URL(`./assets/${name}`, import.meta.url), "utf8")),
  );
  return {
    css: css ?? "",
    cssHash: createHash("sha256")
      .update(css ?? "")
      .digest("base64"),
    script: script ?? "",
    icon: icon ?? "",
  };
}

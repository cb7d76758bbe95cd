import { randomBytes } from "node:crypto";
import { basename } from "node:path";
import { z } from "zod/mini";
import type { DockerEngine, EngineAnswer } from "./engine.ts";
import { oneLine } from "./one-line.ts";

/** A container that never runs: the engine writes into its volumes for us. */
export interface Carrier {
  readonly container: string;
  /** A folder of the container, in one of its volumes. */
  readonly folder: string;
}

const stat = z.object({ linkTarget: z.string() });

/**
 * Replaces a file in a volume in one step, as its readers see it: the content goes beside it, whole, under a name that
 * no other writer has, then a link is led there, and what the link led to before is emptied. An engine cannot delete.
 * It takes the old link away before it makes the new one: meanwhile a link beside it leads nowhere, so that who reads the
 * whole folder, as Traefik does, meets an error and keeps what it has, instead of taking nothing for the news.
 * @throws Error when the engine does not take it; what was there is untouched
 */
export async function putFile(engine: DockerEngine, { container, folder }: Carrier, name: string, content: string, mode: number): Promise<void> {
  const base = `/containers/${encodeURIComponent(container)}/archive?path=`;
  const { status, headers } = await engine.ask("HEAD", `${base}${encodeURIComponent(`${folder}/${name}`)}`);
  const before = status === 200 ? basename(linkIn(headers)) : "";
  const hold = `hold-${name}`;
  const slot = `${name}.${randomBytes(4).toString("hex")}`;
  const text = Buffer.from(content);
  const archive = Buffer.concat([
    header(hold, 0o777, 0, "2", "nothing"),
    header(slot, mode, text.length, "0", ""),
    text,
    padding(text.length),
    header(name, 0o777, 0, "2", slot),
    ...(before.startsWith(`${name}.`) ? [header(before, mode, 0, "0", "")] : []),
    header(hold, mode, 0, "0", ""),
    Buffer.alloc(2 * BLOCK),
  ]);
  const answer = await engine.ask("PUT", `${base}${encodeURIComponent(folder)}`, archive);
  if (answer.status === 200) return;
  throw new Error(
    `the Docker engine at ${engine.host} did not take ${name}, status ${answer.status}: ${oneLine(answer.body.toString("utf8"), 500)}. What was there is untouched`,
  );
}

function linkIn(headers: EngineAnswer["headers"]): string {
  return stat.parse(JSON.parse(Buffer.from(String(headers["x-docker-container-path-stat"] ?? ""), "base64").toString("utf8"))).linkTarget;
}

const BLOCK = 512;

function padding(length: number): Buffer {
  return Buffer.alloc((BLOCK - (length % BLOCK)) % BLOCK);
}

/** One header of a tar archive, as POSIX.1-1988 (ustar) has it; owner and group are root. */
function header(name: string, mode: number, size: number, type: "0" | "2", link: string): Buffer {
  const block = Buffer.alloc(BLOCK);
  const octal = (value: number, digits: number): string => `${value.toString(8).padStart(digits, "0")}\0`;
  block.write(name, 0, 100);
  block.write(octal(mode, 7) + octal(0, 7) + octal(0, 7) + octal(size, 11) + octal(Math.floor(Date.now() / 1000), 11), 100);
  block.write("        ", 148);
  block.write(type, 156);
  block.write(link, 157, 100);
  block.write("ustar\x0000", 257);
  const sum = block.reduce((total, byte) => total + byte, 0);
  block.write(`${sum.toString(8).padStart(6, "0")}\0 `, 148);
  return block;
}

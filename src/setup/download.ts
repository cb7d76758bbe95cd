import { createHash } from "node:crypto";
import { createReadStream, createWriteStream } from "node:fs";
import { mkdir, rename, rm, stat } from "node:fs/promises";
import { basename, dirname } from "node:path";
import { Readable } from "node:stream";
import { pipeline } from "node:stream/promises";
import { type Progress, SetupError } from "./tool.ts";

/** How long a site may take to begin its answer, in milliseconds. */
const REACH_LIMIT = 10_000;
/** How long a transfer may stand still before it is given up, in milliseconds. */
const STALL_LIMIT = 30_000;

export interface Release {
  /** Address of the file. */
  readonly url: string;
  /** Address of the list of SHA-256 sums, one `<sum>  <file>` a line, or of the file's sum alone; or the sum itself. */
  readonly sum: { readonly url: string } | { readonly sha256: string };
}

/**
 * Downloads a file and checks it against its published sum. What an interrupted download left is
 * taken up where it ended.
 * @param path where the file goes; it is there only when its sum was right
 * @throws SetupError when the site cannot be reached, or the sum is another
 */
export async function downloadRelease(release: Release, path: string, progress: Progress): Promise<void> {
  const expected = await expectedSum(release);
  const part = `${path}.part`;
  await mkdir(dirname(path), { recursive: true });
  await fetchInto(release.url, part, progress);
  const found = await sha256(part);
  if (found !== expected) {
    await rm(part, { force: true });
    throw new SetupError(`${release.url} has the SHA-256 ${found}, its publisher says ${expected}; it was thrown away`);
  }
  await rename(part, path);
}

async function expectedSum({ url, sum }: Release): Promise<string> {
  if ("sha256" in sum) return sum.sha256;
  const name = basename(new URL(url).pathname);
  const lines = (await (await reach(sum.url, {})).text())
    .trim()
    .split("\n")
    .map((line) => line.trim().split(/\s+\*?/));
  const alone = lines.length === 1 && lines[0]?.length === 1 ? lines[0][0] : undefined;
  const expected = alone ?? lines.find(([, file]) => file === name)?.[0];
  if (expected === undefined || !/^[0-9a-f]{64}$/.test(expected)) throw new SetupError(`${sum.url} names no ${name}`);
  return expected;
}

async function fetchInto(url: string, part: string, progress: Progress): Promise<void> {
  const have = await stat(part).then(
    (info) => info.size,
    () => 0,
  );
  const response = await reach(url, have > 0 ? { range: `bytes=${have}-` } : {}, have > 0);
  if (response === null) return;
  const resumed = response.status === 206;
  const total = Number(response.headers.get("content-length") ?? 0) + (resumed ? have : 0);
  let done = resumed ? have : 0;
  const stalled = new AbortController();
  let timer = setTimeout(() => stalled.abort(), STALL_LIMIT);
  const counted = async function* (source: AsyncIterable<Buffer>): AsyncIterable<Buffer> {
    for await (const chunk of source) {
      clearTimeout(timer);
      timer = setTimeout(() => stalled.abort(), STALL_LIMIT);
      done += chunk.length;
      progress(`downloading ${megabytes(done)}${total > 0 ? ` of ${megabytes(total)}` : ""} MB`);
      yield chunk;
    }
  };
  if (response.body === null) throw new SetupError(`${url} answered with nothing`);
  try {
    await pipeline(Readable.fromWeb(response.body), counted, createWriteStream(part, { flags: resumed ? "a" : "w" }), { signal: stalled.signal });
  } catch (error) {
    throw new SetupError(
      `${url} broke off after ${megabytes(done)} MB (${error instanceof Error ? error.message : String(error)}); the next set-up goes on from there`,
    );
  } finally {
    clearTimeout(timer);
  }
}

/** Null for a range that begins at the end of the file: there is nothing left to fetch. */
async function reach(url: string, headers: Record<string, string>, ranged: boolean): Promise<Response | null>;
async function reach(url: string, headers: Record<string, string>): Promise<Response>;
async function reach(url: string, headers: Record<string, string>, ranged = false): Promise<Response | null> {
  const limit = new AbortController();
  const timer = setTimeout(() => limit.abort(), REACH_LIMIT);
  try {
    const response = await fetch(url, { headers, signal: limit.signal });
    if (ranged && response.status === 416) return null;
    if (!response.ok) throw new SetupError(`${url} answered with status ${response.status}`);
    return response;
  } catch (error) {
    if (error instanceof SetupError) throw error;
    const cause = error instanceof Error && error.cause instanceof Error ? error.cause.message : String(error);
    throw new SetupError(`${new URL(url).host} cannot be reached (${cause})`);
  } finally {
    clearTimeout(timer);
  }
}

async function sha256(path: string): Promise<string> {
  const hash = createHash("sha256");
  await pipeline(createReadStream(path), hash);
  return hash.digest("hex");
}

function megabytes(bytes: number): string {
  return (bytes / 1_000_000).toFixed(0);
}

import { open, readdir } from "node:fs/promises";
import { basename, join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { parseEnv } from "node:util";
import { z } from "zod";
import { parseStandingKills } from "../../src/files/standing-kills.ts";
import { canonicalJson, shortHash } from "../../src/plan/canonical.ts";
import { markerIn } from "../../src/traefik/names.ts";
import { readDocument } from "../../src/traefik/text.ts";
import { statePath } from "./stage-commands.ts";

/** What a reader saw who came again and again while others wrote. */
export interface Readings {
  /** How many texts were read that differed from the one before, by the file's name. */
  readonly texts: ReadonlyMap<string, number>;
  /** Readings that were no whole document, each in words; empty where all were. */
  readonly faults: readonly string[];
  stop(): Promise<void>;
}

/** Milliseconds between two readings. */
const EVERY = 2;

/**
 * Reads all files of a local stage, and its state, over and over. Each text must be a whole document, and a file
 * must keep its text as long as it is the same file: what is written in place can be read half.
 * @param root the project's folder
 */
export function startReadings(root: string, stage: string): Readings {
  const folder = join(root, ".sluice", stage);
  const fixed: readonly (readonly [path: string, check: Check, mayGo: boolean])[] = [
    [join(folder, "traefik", "dynamic.yaml"), checkTraefik, false],
    [join(folder, "flagd", "flags.json"), checkFlagd, false],
    [join(folder, "stage.json"), checkRecord, false],
    [join(folder, "kills.json"), checkKills, true],
    [statePath(root, stage), checkState, false],
  ];
  const last = new Map<string, FileText>();
  const texts = new Map<string, number>();
  const faults: string[] = [];
  const look = async (path: string, check: Check, mayGo: boolean): Promise<void> => {
    const found = await readText(path);
    if (found === null) {
      if (!mayGo) faults.push(`${basename(path)} is gone`);
      return;
    }
    const before = last.get(path);
    if (before?.text === found.text) return;
    last.set(path, found);
    texts.set(basename(path), (texts.get(basename(path)) ?? 0) + 1);
    if (before?.identity === found.identity) faults.push(`${basename(path)} was written in place`);
    const fault = faultOf(() => check(found.text, basename(path)));
    if (fault !== null) faults.push(`${basename(path)} (${found.text.length} characters): ${fault}`);
  };
  const running = { on: true };
  const reader = (async () => {
    while (running.on) {
      const names = (await readdir(join(folder, "env"))).filter((name) => name.endsWith(".env"));
      const envFiles = names.map((name) => [join(folder, "env", name), checkEnv, true] as const);
      await Promise.all([...fixed, ...envFiles].map(([path, check, mayGo]) => look(path, check, mayGo)));
      await pause(EVERY);
    }
  })();
  return {
    texts,
    faults,
    async stop() {
      running.on = false;
      await reader;
    },
  };
}

interface FileText {
  readonly text: string;
  /** Tells a file from another that has its name later. */
  readonly identity: string;
}

type Check = (text: string, name: string) => void;

async function readText(path: string): Promise<FileText | null> {
  const file = await open(path, "r").catch(() => null);
  if (file === null) return null;
  try {
    const { ino, birthtimeNs } = await file.stat({ bigint: true });
    return { text: await file.readFile("utf8"), identity: `${ino}:${birthtimeNs}` };
  } finally {
    await file.close();
  }
}

function faultOf(check: () => void): string | null {
  try {
    check();
    return null;
  } catch (error) {
    return error instanceof Error ? error.message : String(error);
  }
}

function checkTraefik(text: string): void {
  const { routers, services } = readDocument(text).document.http;
  if (markerIn(text) === null) throw new Error("has no mark of its revision");
  for (const { service } of Object.values(routers)) {
    if (!(service in services) && !service.includes("@")) throw new Error(`leads to ${service}, which is not in it`);
  }
}

function checkFlagd(text: string): void {
  z.looseObject({ flags: z.record(z.string(), z.looseObject({ defaultVariant: z.string() })) }).parse(JSON.parse(text));
}

function checkRecord(text: string): void {
  z.looseObject({ exposures: z.record(z.string(), z.number()), permitted: z.record(z.string(), z.number()) }).parse(JSON.parse(text));
}

function checkKills(text: string): void {
  if (parseStandingKills(text) === null) throw new Error("is no list of kills");
}

function checkState(text: string): void {
  z.looseObject({ checkpoint: z.looseObject({ latest: z.looseObject({}) }) }).parse(JSON.parse(text));
}

/** The name of a variant's file ends in the hash of what it says. */
function checkEnv(text: string, name: string): void {
  const env = { ...parseEnv(text) };
  if (env["PORT"] === undefined || env["SLUICE_SERVICE"] === undefined) throw new Error("lacks its port or its service");
  if (env["SLUICE_VARIANT"] !== undefined && !name.includes(shortHash(canonicalJson(env)))) throw new Error("is not what its name says");
}

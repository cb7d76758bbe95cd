import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as pause } from "node:timers/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { standingKillsPath, traefikPath } from "../../../../src/files/stage-folder.ts";
import { readStandingKills } from "../../../../src/files/standing-kills.ts";
import { READ_HERE, takeTrafficOff } from "../../../../src/operations/kill/fast-path.ts";
import { planRollout } from "../../../../src/plan/plan.ts";
import { traefikFile } from "../../../../src/targets/local/provider/traefik-file.ts";
import { traefikDocument } from "../../../../src/traefik/document.ts";
import { markerIn } from "../../../../src/traefik/names.ts";
import { documentText, legendOf, readDocument } from "../../../../src/traefik/text.ts";
import { withdraw } from "../../../../src/traefik/withdraw.ts";
import { type Answering, startAnswering } from "../../../support/answering.ts";
import { modelFrom } from "../../../support/model.ts";
import { seededRandom } from "../../../support/random.ts";

const RACES = 40;
/** Milliseconds that a kill holds its turn while an update would write: less than anyone waits for a turn. */
const PATIENCE = 300;
const KILL = { subject: "AGENT_ENABLED", flags: ["AGENT_ENABLED", "TRANSCRIPTS_ENABLED"], routes: [] };

let folder: string;
/** Stands for Traefik's API, which has the document that is in the folder, and for every workload. */
let traefik: Answering;
beforeAll(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-race-"));
  traefik = await startAnswering((request, response) => {
    void readFile(traefikPath(folder), "utf8").then((text) => {
      const isMarker = request.url?.includes(markerIn(text) ?? "none") === true;
      response.statusCode = isMarker || request.url?.includes("routers") === true ? 200 : 404;
      response.end("[]");
    });
  });
});
afterAll(async () => {
  await traefik.stop();
  await rm(folder, { recursive: true, force: true });
});

type Inputs = Record<string, unknown> & { readonly content: string };

/** Once the folder is there. */
function inputsLater(flags: Record<string, unknown>): () => Inputs {
  return () => inputs(flags);
}

function inputs(flags: Record<string, unknown>): Inputs {
  const { catalog, settings } = modelFrom({ flags });
  const plan = planRollout(catalog, settings);
  return {
    path: traefikPath(folder),
    content: documentText(
      traefikDocument(plan, () => traefik.url),
      legendOf(plan),
    ),
    admin: traefik.url,
    workloads: [traefik.url],
    secrets: {},
    kills: standingKillsPath(folder),
    killed: [],
  };
}

/** What is to be left of an update's document once it is without the killed flags, whatever its revision. */
function leftOf(content: string): string {
  const { document, legend } = readDocument(content);
  const left = withdraw(document, legend, KILL, () => true);
  return documentText(left.document, left.legend);
}

async function present(): Promise<string> {
  const text = await readFile(traefikPath(folder), "utf8");
  return text.replaceAll(markerIn(text) ?? "none", "revision-${revision}").replaceAll(/("X-Sluice-Revision":")[0-9a-f]+/g, "$1${revision}");
}

describe("a kill and an update that meet, however they do", () => {
  const before = inputsLater({ AGENT_ENABLED: 25 });
  const after = inputsLater({ AGENT_ENABLED: 100, TRANSCRIPTS_ENABLED: 50 });

  it("end so where the update writes between the kill's last look and its writing", async () => {
    await rm(folder, { recursive: true, force: true });
    await traefikFile.create("urn", before());
    let update: Promise<unknown> = Promise.resolve();
    const publish = async (name: string): Promise<void> => {
      if (name !== "traefik") return;
      update = traefikFile.update("id", "urn", before(), after());
      await Promise.race([update, pause(PATIENCE)]);
    };
    await takeTrafficOff({ folder, admin: traefik.url, ...READ_HERE, publish }, KILL, performance.now());
    await update;
    expect(await present()).toBe(leftOf(after().content));
  });

  it("end with the update's document, less the flag", async () => {
    const random = seededRandom(4);
    for (let race = 0; race < RACES; race += 1) {
      await rm(folder, { recursive: true, force: true });
      await traefikFile.create("urn", before());
      const lead = (random() - 0.5) * 40;
      await Promise.all([
        pause(Math.max(0, lead)).then(() => traefikFile.update("id", "urn", before(), after())),
        pause(Math.max(0, -lead)).then(() => takeTrafficOff({ folder, admin: traefik.url, ...READ_HERE }, KILL, performance.now())),
      ]);
      expect(await present()).toBe(leftOf(after().content));
      expect(await readStandingKills(standingKillsPath(folder))).toEqual([KILL]);
    }
  });
});

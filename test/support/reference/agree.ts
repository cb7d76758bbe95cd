import { readFile } from "node:fs/promises";
import { expect } from "vitest";
import { z } from "zod";
import { ask } from "../../../src/net/ask.ts";
import { readHistory } from "../../../src/operations/history.ts";
import { readProject } from "../../../src/operations/project.ts";
import { readStatus } from "../../../src/operations/status/read-status.ts";
import { type ReadDocument, readDocument } from "../../../src/traefik/text.ts";
import { documentPath } from "../kill.ts";
import type { TestProject } from "../project.ts";
import { toVisit } from "../visits.ts";
import { AGENT, bucketHas, exposureOf, now, SERVICES, type Settings, STEPS, type StageModel, TRANSCRIPTS } from "./stage-model.ts";

const FLAGS = [AGENT, TRANSCRIPTS];
const PATHS = { "voice-api": "/voice", "billing-api": "/billing" } as const;
const NAMES = ["voice-api", "billing-api"] as const;

/** Holds dev against its model: state, history, Traefik's document, and the answers to visitors. */
export async function expectAgreement(test: TestProject, model: StageModel): Promise<void> {
  const settings = now(model);
  await expectState(test, settings);
  await expectHistory(test, model);
  await expectDocument(test, settings);
  await expectTraffic(test, settings);
}

async function expectState({ root }: TestProject, settings: Settings): Promise<void> {
  const { dev } = (await readStatus(root, new Date())).stages;
  const flags = FLAGS.map((flag): [string, unknown] => [flag, expect.objectContaining({ exposure: exposureOf(settings, flag), pending: null })]);
  expect(dev).toMatchObject({ flags: Object.fromEntries(flags), faults: [], drift: [], locks: [], standingKills: [], halfDone: null });
  const killed = FLAGS.filter((flag) => dev?.flags[flag]?.kill?.subject === flag);
  expect(killed).toEqual(FLAGS.filter((flag) => settings.killed.includes(flag)));
}

const setting = z.union([z.boolean().transform((on) => (on ? 100 : 0)), z.number()]);
const config = z.looseObject({
  "sluice:flags": z.object({ [AGENT]: setting, [TRANSCRIPTS]: setting }),
  "sluice:kill": z.record(z.string(), z.literal(true)).default({}),
});

async function expectHistory({ root }: TestProject, model: StageModel): Promise<void> {
  const updates = (await readHistory(await readProject(root), "dev")).filter(({ kind }) => kind === "update");
  const seen = updates.map((update): Settings => {
    const { "sluice:flags": flags, "sluice:kill": kills } = config.parse(update.config);
    return { agent: flags[AGENT], transcripts: flags[TRANSCRIPTS], killed: Object.keys(kills).sort() };
  });
  expect(seen).toEqual(model.map(({ settings }) => ({ ...settings, killed: [...settings.killed].sort() })));
  expect(updates.every(({ succeeded }) => succeeded)).toBe(true);
}

async function expectDocument(test: TestProject, settings: Settings): Promise<void> {
  const { document, legend } = readDocument(await readFile(documentPath(test, "traefik", "dynamic.yaml"), "utf8"));
  for (const service of NAMES) {
    const shares = sharesOf(document, service);
    expect(shares.reduce((sum, { weight }) => sum + weight, 0)).toBe(100);
    for (const flag of SERVICES[service]) {
      const share = shares.filter(({ variant }) => legend[variant]?.includes(flag)).reduce((sum, { weight }) => sum + weight, 0);
      expect([service, flag, share]).toEqual([service, flag, exposureOf(settings, flag)]);
    }
  }
  expect("voice-api.agent-enabled.agent" in document.http.routers).toBe(exposureOf(settings, AGENT) > 0);
  expect("voice-api.transcripts-enabled.transcripts" in document.http.routers).toBe(exposureOf(settings, TRANSCRIPTS) > 0);
}

const weighted = z.looseObject({ weighted: z.looseObject({ services: z.array(z.looseObject({ name: z.string(), weight: z.number() })) }) });

/** How a service's newcomers are dealt out. */
function sharesOf({ http }: ReadDocument, service: string): { readonly variant: string; readonly weight: number }[] {
  const first = http.routers[service]?.service ?? "";
  if (!first.endsWith(".newcomers")) return [{ variant: first, weight: 100 }];
  return weighted.parse(http.services[first]).weighted.services.map(({ name, weight }) => ({
    variant: http.services[name]?.weighted?.services[0]?.name ?? "",
    weight,
  }));
}

async function expectTraffic(test: TestProject, settings: Settings): Promise<void> {
  const url = test.urlOf("dev");
  for (const [index] of STEPS.entries()) {
    const bucket = index + 1;
    const headers = { cookie: `sluice-${bucket}=x` };
    for (const service of NAMES) {
      const { status, on } = toVisit(0, await ask(url, { path: PATHS[service], headers }));
      const expected = SERVICES[service].filter((flag) => bucketHas(settings, flag, bucket));
      expect([service, bucket, status, [...on].sort()]).toEqual([service, bucket, 200, expected]);
    }
  }
  for (const [path, flag] of [["/agent", AGENT] as const, ["/transcripts", TRANSCRIPTS] as const]) {
    expect([path, (await ask(url, { path })).status]).toEqual([path, exposureOf(settings, flag) > 0 ? 200 : 404]);
  }
}

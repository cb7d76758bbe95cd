import fc from "fast-check";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { parseConfig, type RawConfig } from "../../src/config/parse.ts";
import { type Fault, renderFaults } from "../../src/model/fault.ts";
import type { TraefikDocument } from "../../src/traefik/types.ts";
import { extent, SEED } from "../support/extent.ts";
import { deployed } from "../support/mutated/deployed.ts";
import { arbitraryMutation, mutate } from "../support/mutated/mutate.ts";
import { arbitraryRawConfig } from "../support/mutated/raw-config.ts";
import { refusedParts } from "../support/mutated/refused-parts.ts";
import { PLAN_INVARIANTS } from "../support/plan-invariants.ts";
import { type ScratchTraefik, startScratchTraefik } from "../support/scratch-traefik.ts";

const CONFIGS = extent(10_000, 500);
/** Documents that Traefik is given at once. */
const BATCH = 100;

/** A config that was let in, and what Traefik is to be given for it. */
interface Accepted {
  readonly raw: RawConfig;
  readonly document: TraefikDocument;
}

/** Those that the first test lets in, for the second. */
const accepted: Accepted[] = [];
const log: string[] = [];
let traefik: ScratchTraefik;
beforeAll(async () => {
  traefik = await startScratchTraefik((line) => log.push(line));
});
afterAll(() => traefik.stop());

const mutated = fc
  .tuple(arbitraryRawConfig(), fc.array(arbitraryMutation(), { minLength: 1, maxLength: 3 }))
  .map(([raw, mutations]) => mutations.reduce(mutate, raw));

describe(`${CONFIGS} mutated configs (seed ${SEED})`, () => {
  it("each give faults that say where they are, or a plan that holds what every plan holds", { timeout: 600_000 }, () => {
    fc.assert(fc.property(mutated, look), { numRuns: CONFIGS, seed: SEED });
    console.log(`seed ${SEED}: ${accepted.length} of ${CONFIGS} mutated configs were let in`);
    expect(accepted.length).toBeGreaterThan(CONFIGS / 5);
  });

  it("that are let in are taken by the real Traefik, every router, service and middleware of them", { timeout: 600_000 }, async () => {
    expect(accepted.length, "configs that the test before this let in").toBeGreaterThan(0);
    const refused: string[] = [];
    for (let first = 0; first < accepted.length; first += BATCH) {
      const documents = accepted.slice(first, first + BATCH).map(({ document }) => document);
      refused.push(...(await refusedParts(traefik, documents, first)));
    }
    expect(refused.map((words) => `${words}\n${JSON.stringify(accepted[Number.parseInt(words, 10)]?.raw)}`)).toEqual([]);
    expect(log).toEqual([]);
  });
});

/** Looks at what one config gives. */
function look(raw: RawConfig): void {
  const parsed = parseConfig(raw);
  if (!parsed.ok) {
    expectWords(parsed.faults);
    return;
  }
  for (const holds of Object.values(PLAN_INVARIANTS)) holds(parsed.model);
  const made = deployed(parsed.model);
  if ("faults" in made) {
    expectWords(made.faults);
    return;
  }
  expectNames(made.objects);
  accepted.push({ raw, document: made.document });
}

/** Every fault is told, and says where it is, what it found and what is allowed. */
function expectWords(faults: readonly Fault[]): void {
  expect(faults).not.toEqual([]);
  for (const { path, found, allowed } of faults) expect([path, found, allowed]).not.toContain("");
  expect(renderFaults("The config cannot be used", faults)).not.toMatch(/\p{Cf}|[^\P{Cc}\n]/u);
}

/** Names that an API server takes: labels of DNS where Kubernetes asks for them, parts of host names elsewhere, none twice. */
function expectNames(objects: readonly string[]): void {
  expect(new Set(objects).size).toBe(objects.length);
  for (const object of objects) {
    const [kind = "", name = ""] = object.split(" ");
    expect(name).toMatch(
      kind === "Service" ? /^[a-z]([a-z0-9-]{0,61}[a-z0-9])?$/ : /^(?=.{1,253}$)[a-z0-9]([a-z0-9-]*[a-z0-9])?(\.[a-z0-9]([a-z0-9-]*[a-z0-9])?)*$/,
    );
  }
}

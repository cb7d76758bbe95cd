import { mkdir, writeFile } from "node:fs/promises";
import { join } from "node:path";
import { draft } from "./audit.ts";
import { catalogInput, localInput } from "./model.ts";
import { writeAudit, writeCheckpoints, writeHistory, writeProject, writeRecord, writeStackFile } from "./written-state.ts";

/** A flag of the written project that has come a long way. */
export const AGENT = "AGENT_ENABLED";
const HOUR = 3_600_000;

/** Secrets that the written project has; none of them may be seen anywhere. */
export const SECRETS = ["tester-secret-0123456789", "https://hooks.slack.com/services/T0/B0/secret"];

export interface BoardProject {
  /** Description of the flag. */
  readonly description?: string;
  /** Settings of a stage beside its flags. */
  readonly settings?: Readonly<Record<string, Readonly<Record<string, unknown>>>>;
  /** First port of the first stage; the others follow by two thousand. */
  readonly port?: number;
}

/** Writes a project without the engine: dev has the flag on and soaks, staging has it in part after a rollback, production has never had it. */
export async function writeBoardProject(root: string, now: Date, { description, settings = {}, port = 5_000 }: BoardProject = {}): Promise<void> {
  const before = (hours: number): Date => new Date(now.getTime() - hours * HOUR);
  const input = catalogInput();
  const own = {
    ...input.flags[AGENT],
    ...(description === undefined ? {} : { description }),
    soak: "1d",
    review: true,
    watch: { duration: { dev: "30s" }, metrics: { errors: { kind: "error-ratio", limit: 0.05 }, latency: { kind: "latency", quantile: 0.99, limit: "1s" } } },
  };
  const catalog = { ...input, flags: { ...input.flags, [AGENT]: own } };
  await writeProject(root, catalog);
  const ways: Record<string, readonly (readonly [exposure: number, hours: number, message?: string])[]> = {
    dev: [
      [0, 96],
      [5, 72],
      [25, 66],
      [100, 20],
    ],
    staging: [
      [0, 90],
      [1, 30],
      [5, 26],
      [0, 25, "rollback of AGENT_ENABLED to update 1"],
      [25, 6, "sluice promote"],
    ],
    production: [[0, 48]],
  };
  for (const [index, [stage, way]] of Object.entries(ways).entries()) {
    const local = localInput(port + index * 2_000);
    const extra = settings[stage] ?? {};
    const setting = (exposure: number): Record<string, unknown> => ({ local, ...extra, flags: { [AGENT]: exposure } });
    const [exposure, hours] = way.at(-1) ?? [0, 0];
    await writeStackFile(root, stage, setting(exposure));
    await writeHistory(
      root,
      stage,
      way.map(([value, ago, message]) => ({ settings: setting(value), at: before(ago), author: "ben", ...(message === undefined ? {} : { message }) })),
      catalog,
    );
    await writeCheckpoints(root, stage, way.length);
    await writeRecord(root, stage, { [AGENT]: exposure, TRANSCRIPTS_ENABLED: 0 }, { [AGENT]: before(hours).toISOString() });
  }
  await writeAudit(root, "dev", [draft({ at: before(20), subject: AGENT, from: 25, to: 100, update: 4 })]);
  await writeAudit(root, "staging", [
    draft({ at: before(25), stage: "staging", operation: "rollback", subject: AGENT, from: 5, to: 0, update: 4, reason: "errors since 02:10", gates: [] }),
    draft({
      at: before(10),
      stage: "staging",
      operation: "promote",
      subject: AGENT,
      from: 0,
      to: 100,
      update: null,
      result: "refused",
      gates: [{ gate: "soak", holds: false, fact: "dev soaks" }],
    }),
    draft({ at: before(6), stage: "staging", subject: AGENT, from: 0, to: 25, update: 5 }),
  ]);
  await writeDrill(root, "dev", before(30));
}

/** Writes the report of a rehearsed rollback that passed. */
export async function writeDrill(root: string, stage: string, at: Date): Promise<void> {
  await mkdir(join(root, "drills"), { recursive: true });
  const passage = { requests: 1_200, lost: 0, seconds: { lastOld: 1.42, update: 1.3, returned: 2.1 } };
  const report = { stage, at: at.toISOString(), by: "ann@example.org", passed: true, why: [], updates: { from: 3, to: 2 }, back: passage, forward: passage };
  await writeFile(join(root, "drills", `${stage}-1.json`), JSON.stringify(report));
}

import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { stringify } from "yaml";
import { z } from "zod";
import { type AuditOptions, audit } from "../../../src/cli/actions/audit.ts";
import { appendEntry } from "../../../src/operations/audit/append.ts";
import { auditPath } from "../../../src/operations/audit/audit-file.ts";
import { type Project, readProject } from "../../../src/operations/project.ts";
import { draft } from "../../support/audit.ts";
import { testCatalog } from "../../support/project.ts";

let root: string;
let project: Project;
let written: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-audit-"));
  const file = { name: "sluice", runtime: "nodejs", backend: { url: "file://./.state" }, config: { "sluice:catalog": { value: testCatalog() } } };
  await writeFile(join(root, "Pulumi.yaml"), stringify(file));
  vi.stubEnv("PULUMI_BACKEND_URL", undefined);
  project = await readProject(root);
  written = "";
  vi.spyOn(process.stdout, "write").mockImplementation((text) => {
    written += String(text);
    return true;
  });
});
afterEach(async () => {
  vi.unstubAllEnvs();
  await rm(root, { recursive: true, force: true });
});

async function run(options: Partial<AuditOptions> = {}): Promise<{ readonly code: number; readonly output: string }> {
  written = "";
  const code = await audit(root, { stage: "dev", ...options });
  return { code, output: written };
}

const NOT_COMPARED = "not held against the stack's history: The stack dev has no history yet. First: pulumi up --stack dev\n";

describe("sluice audit", () => {
  it("says that there is nothing yet", async () => {
    expect(await run()).toEqual({ code: 0, output: `dev: nothing is in the audit yet\n${NOT_COMPARED}` });
  });

  it("shows the newest first: when, who, what, from and to, result, how long", async () => {
    await appendEntry(project, draft({ operation: "kill", subject: "AGENT_ENABLED/agent", from: 25, to: 0, durations: null, by: "ann\u001b[31m" }));
    const last = await appendEntry(
      project,
      draft({ operation: "rollback", subject: null, from: "update 3", to: "update 2", durations: { active: 900, waiting: 0 } }),
    );
    const { code, output } = await run();
    expect(code).toBe(0);
    const rows = output.split("\n").filter((line) => line.includes("2027-01-31"));
    expect(rows.map((row) => row.split("│").map((cell) => cell.trim()))).toEqual([
      ["", "2", "2027-01-31 02:00:00Z", "ann@example.org", "rollback", "update 3 → update 2", "done", "900 ms", ""],
      ["", "1", "2027-01-31 02:00:00Z", "ann·[31m", "kill AGENT_ENABLED/agent", "25% → 0%", "done", "", ""],
    ]);
    expect(output).toContain(`dev: the chain of 2 entries holds; newest: 2 ${last.hash}\n${NOT_COMPARED}`);
  });

  it.each([
    [{ active: 12_340, waiting: 600_000 }, "12.3 s + 10 min waiting"],
    [{ active: 59_970, waiting: 90_000_000 }, "1 min + 25 h 0 min waiting"],
  ])("shows %o as %s", async (durations, expected) => {
    await appendEntry(project, draft({ durations }));
    expect((await run()).output).toContain(`│ ${expected} │`);
  });

  it("shows only a flag and its routes, and only so many", async () => {
    await appendEntry(project, draft({ subject: "AGENT_ENABLED", by: "one" }));
    await appendEntry(project, draft({ subject: "AGENT_ENABLED/agent", by: "two" }));
    await appendEntry(project, draft({ subject: "AGENT_ENABLED_NOT", by: "three" }));
    const shown = async (options: Partial<AuditOptions>): Promise<string[]> => (await run(options)).output.match(/\b(one|two|three)\b/g) ?? [];
    expect(await shown({ flag: "AGENT_ENABLED" })).toEqual(["two", "one"]);
    expect(await shown({ flag: "AGENT_ENABLED", limit: 1 })).toEqual(["two"]);
    expect(await shown({ limit: 2 })).toEqual(["three", "two"]);
  });

  it("knows only flags of the catalogue or the audit, and stages of the catalogue", async () => {
    await expect(run({ flag: "AGENT_ENABLE" })).rejects.toThrow("--flag AGENT_ENABLE is in neither the catalogue nor the audit; did you mean AGENT_ENABLED?");
    await expect(run({ flag: "X" })).rejects.toThrow("--flag X is in neither the catalogue nor the audit; known are AGENT_ENABLED");
    await expect(run({ stage: "../dev" })).rejects.toThrow("There is no stage ../dev; the catalogue has dev, staging, production.");
  });

  it("ends with 6 and every fault where the chain does not hold", async () => {
    for (const update of [1, 2, 3]) await appendEntry(project, draft({ update }));
    const path = auditPath(project, "dev");
    const lines = (await readFile(path, "utf8")).split("\n");
    await writeFile(path, [lines[0]?.replace("ann@", "eve@"), lines[2], "x", ""].join("\n"));
    const { code, output } = await run();
    expect(code).toBe(6);
    expect(output).toContain(
      [
        `dev: the audit does NOT hold: ${path}`,
        "  line 1: entry 1 was changed: its hash is that of another text",
        "  line 2: entry 2 was removed before entry 3",
        "  line 3: the line is no JSON",
        "",
      ].join("\n"),
    );
  });

  it("gives the same as JSON", async () => {
    await appendEntry(project, draft());
    const last = await appendEntry(project, draft());
    const shape = z.looseObject({ holds: z.boolean(), head: z.unknown(), faults: z.array(z.unknown()), entries: z.array(z.unknown()) });
    const { code, output } = await run({ json: true, limit: 1 });
    const { holds, head, faults, entries } = shape.parse(JSON.parse(output));
    expect([code, holds, faults, head]).toEqual([0, true, [], { sequence: 2, hash: last.hash }]);
    expect(entries).toEqual([last]);
    await writeFile(auditPath(project, "dev"), "{}\n");
    expect((await run({ json: true })).code).toBe(6);
    expect(shape.parse(JSON.parse(written))).toMatchObject({
      holds: false,
      head: null,
      faults: [{ kind: "no-entry", line: 1, text: "the line is no entry of an audit" }],
    });
  });
});

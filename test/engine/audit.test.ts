import { readFile, writeFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it, vi } from "vitest";
import { appendEntry } from "../../src/operations/audit/append.ts";
import { auditPath } from "../../src/operations/audit/audit-file.ts";
import { readAudit } from "../../src/operations/audit/read-audit.ts";
import { engineOf } from "../../src/operations/engine.ts";
import { resolveWebhook } from "../../src/operations/notify/webhook.ts";
import { type Project, readProject, readStackFile } from "../../src/operations/project.ts";
import { draft } from "../support/audit.ts";
import { makeProject, type TestProject } from "../support/project.ts";

let test: TestProject;
let project: Project;

beforeAll(async () => {
  test = await makeProject();
  project = await readProject(test.root);
  await test.pulumi(["stack", "init", "dev"]);
  await engineOf(project, "dev").up("sluice promote AGENT_ENABLED to 5 (from update 0)");
});
afterAll(() => test.remove());

describe("an audit beside the real stack history", () => {
  it("lacks an update of ours until it has an entry, and again once that is removed", async () => {
    const missing = { kind: "unrecorded", line: null };
    expect((await readAudit(project, "dev")).faults).toMatchObject([missing]);
    await appendEntry(project, draft({ at: new Date(), update: 1 }));
    expect(await readAudit(project, "dev")).toMatchObject({ faults: [], notCompared: null });
    const path = auditPath(project, "dev");
    const text = await readFile(path, "utf8");
    await writeFile(path, "");
    expect((await readAudit(project, "dev")).faults).toMatchObject([missing]);
    await writeFile(path, text);
  });

  it("does not confuse the engine", async () => {
    await appendEntry(project, draft({ at: new Date(), update: 1 }));
    const { code, output } = await test.pulumi(["stack", "ls", "--all", "--json"]);
    expect(code).toBe(0);
    expect(output.match(/"name"/g)).toHaveLength(1);
    expect((await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"])).code).toBe(0);
  });
});

describe("the webhook in a stack's config", () => {
  it("is read through the CLI, and a wrong passphrase is a warning", async () => {
    vi.stubEnv("SLUICE_WEBHOOK_URL", undefined);
    await test.pulumi(["config", "set", "--secret", "--stack", "dev", "webhook", "https://hooks.example/in/1"]);
    const stackFile = await readStackFile(project, "dev");
    expect(stackFile.text).not.toContain("hooks.example");
    expect(await resolveWebhook(project, "dev", stackFile)).toEqual({ url: "https://hooks.example/in/1", warning: null });
    vi.stubEnv("PULUMI_CONFIG_PASSPHRASE", "another");
    const { url, warning } = await resolveWebhook(project, "dev", stackFile);
    expect(url).toBeNull();
    expect(warning).toMatch(/^The webhook of dev could not be read, so nobody is told: The passphrase of dev is another\./);
    vi.unstubAllEnvs();
  });
});

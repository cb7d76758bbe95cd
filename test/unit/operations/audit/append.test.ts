import { appendFile, mkdir, mkdtemp, readFile, rm, stat, symlink, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { execa } from "execa";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { appendEntry } from "../../../../src/operations/audit/append.ts";
import { auditPath, readAuditFile } from "../../../../src/operations/audit/audit-file.ts";
import { type VerifiedAudit, verifyAudit } from "../../../../src/operations/audit/verify.ts";
import { OperationError } from "../../../../src/operations/errors.ts";
import type { Project } from "../../../../src/operations/project.ts";
import { draft } from "../../../support/audit.ts";
import { HOME } from "../../../support/project.ts";

let root: string;
let project: Project;
let path: string;

beforeEach(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-audit-"));
  project = { root, name: "sluice", backendUrl: "file://./.state?metadata=skip", catalog: {} };
  path = auditPath(project, "dev");
});
afterEach(() => rm(root, { recursive: true, force: true }));

const verified = async (): Promise<VerifiedAudit> => verifyAudit(await readAuditFile(path), "dev");
const kinds = ({ faults }: VerifiedAudit): string[] => faults.map(({ kind, line }) => `${kind} ${line ?? "-"}`);

describe("where an audit is kept", () => {
  it.each([
    ["beside the stack history", "file://./.state?metadata=skip", ".state/.sluice-audit/sluice/dev.jsonl"],
    ["in the project's folder with another backend", "s3://bucket", ".sluice-audit/sluice/dev.jsonl"],
    ["in the project's folder with none", null, ".sluice-audit/sluice/dev.jsonl"],
  ])("%s", (_case, backendUrl, expected) => {
    expect(auditPath({ ...project, backendUrl }, "dev")).toBe(join(root, expected));
  });
});

describe("an entry", () => {
  it("is chained to the one before, on the disk, with no lock left", async () => {
    const first = await appendEntry(project, draft({ update: 1 }));
    const second = await appendEntry(project, draft({ update: 2 }));
    expect([first.sequence, first.previous, second.sequence, second.previous]).toEqual([1, null, 2, first.hash]);
    const audit = await verified();
    expect(audit.faults).toEqual([]);
    expect(audit.entries).toEqual([first, second]);
    await expect(stat(`${path}.lock`)).rejects.toThrow("ENOENT");
  });

  it("never has a secret in it", async () => {
    const secret = "https://chat.example.org/in/abcdef";
    await appendEntry(
      project,
      draft({
        reason: `told ${secret}`,
        subject: null,
        gates: [{ gate: "metrics", holds: false, fact: "https://hooks.slack.com/services/T/B/x" }],
        details: { steps: [{ said: secret }] },
      }),
      { secrets: [secret] },
    );
    const text = await readFile(path, "utf8");
    expect(text).not.toMatch(/chat\.example|hooks\.slack/);
    expect(text).toContain("told (secret)");
  });

  it("keeps what JSON can keep of its details", async () => {
    const entry = await appendEntry(project, draft({ details: { when: new Date(0), ratio: Number.NaN, missing: undefined } }));
    expect(entry.details).toEqual({ when: "1970-01-01T00:00:00.000Z", ratio: null });
    expect((await verified()).faults).toEqual([]);
  });

  it.each([
    ["in the middle of a line", '{"at":"2027-01-31T02:00:00.000Z","by":"a', ["torn 2"]],
    ["before the end of a line", "", []],
  ])("begins on a line of its own after a process died %s", async (_case, rest, faults) => {
    const first = await appendEntry(project, draft());
    if (rest === "") await writeFile(path, (await readFile(path, "utf8")).trimEnd());
    else await appendFile(path, rest);
    const second = await appendEntry(project, draft());
    expect([second.sequence, second.previous]).toEqual([2, first.hash]);
    expect(kinds(await verified())).toEqual(faults);
  });

  it("is the first where nothing but a torn line is there", async () => {
    await mkdir(dirname(path), { recursive: true });
    await writeFile(path, '{"at":');
    expect((await appendEntry(project, draft())).sequence).toBe(1);
    expect(kinds(await verified())).toEqual(["torn 1"]);
  });
});

describe("two at once", () => {
  it("from one process are both there", async () => {
    await Promise.all(Array.from({ length: 10 }, (_, index) => appendEntry(project, draft({ update: index + 1 }))));
    const audit = await verified();
    expect(audit.faults).toEqual([]);
    expect(audit.entries).toHaveLength(10);
  });

  it("from two processes are both there", async () => {
    const script = `
      const { appendEntry } = await import(${JSON.stringify(join(HOME, "src/operations/audit/append.ts"))});
      const { draft } = await import(${JSON.stringify(join(HOME, "test/support/audit.ts"))});
      for (let update = 1; update <= 15; update += 1) await appendEntry(${JSON.stringify(project)}, draft({ update, by: String(process.pid) }), { limit: 20_000 });
    `;
    await Promise.all([1, 2].map(() => execa(process.execPath, ["--input-type=module", "-e", script])));
    const audit = await verified();
    expect(audit.faults).toEqual([]);
    expect(audit.entries).toHaveLength(30);
    expect(new Set(audit.entries.map(({ by }) => by)).size).toBe(2);
  }, 30_000);

  it("waits for the lock of a killed process to grow old", async () => {
    await mkdir(`${path}.lock`, { recursive: true });
    await appendEntry(project, draft());
    expect((await verified()).entries).toHaveLength(1);
  });
});

describe("an audit that cannot be written", () => {
  const failure = async (changes: Parameters<typeof draft>[0] = {}, limit = 5_000): Promise<string> => {
    const error: unknown = await appendEntry(project, draft(changes), { limit }).catch((reason: unknown) => reason);
    expect(error).toBeInstanceOf(OperationError);
    return error instanceof Error ? error.message : "";
  };

  it("is told in time when another process holds it, and nothing is written later", async () => {
    await mkdir(`${path}.lock`, { recursive: true });
    const started = performance.now();
    expect(await failure({ operation: "kill" }, 100)).toBe(
      `The entry of this kill could not be written to ${path}: 100 ms were not enough: another process holds it, or the disk does not answer. What it did stands; make room or permission, and note it by hand.`,
    );
    expect(performance.now() - started).toBeLessThan(1_500);
    expect(await readAuditFile(path)).toBe("");
  });

  it("is told when its folder cannot be made", async () => {
    await writeFile(join(root, ".state"), "");
    expect(await failure()).toContain("ENOTDIR");
  });

  it("is told in time when its folder is below /proc", async ({ skip }) => {
    skip(process.platform !== "linux", "/proc is Linux's");
    await symlink("/proc/1", join(root, ".state"));
    expect(await failure()).toContain("ENOENT: nothing can be made in");
  });

  it("is told when the entry cannot be one", async () => {
    const circle: Record<string, unknown> = {};
    circle["self"] = circle;
    expect(await failure({ details: circle })).toContain("The entry of this step could not be written");
    expect(await failure({ by: "" })).toContain("The entry of this step could not be written");
    expect(await readAuditFile(path)).toBe("");
  });

  it("is told when the disk is read-only", async ({ skip }) => {
    await mkdir(join(root, ".state"));
    const mounted = await execa("mount", ["-t", "tmpfs", "-o", "ro", "tmpfs", join(root, ".state")], { reject: false });
    skip(mounted.exitCode !== 0, "a disk of its own can be mounted by root on Linux only");
    try {
      expect(await failure()).toContain("EROFS");
    } finally {
      await execa("umount", [join(root, ".state")]);
    }
  });

  it("is told when the disk is full, goes on when there is room, and shows what was torn", async ({ skip }) => {
    await mkdir(join(root, ".state"));
    const mounted = await execa("mount", ["-t", "tmpfs", "-o", "size=8k", "tmpfs", join(root, ".state")], { reject: false });
    skip(mounted.exitCode !== 0, "a disk of its own can be mounted by root on Linux only");
    try {
      await writeFile(join(root, ".state", "filler"), "x".repeat(4_096));
      const first = await appendEntry(project, draft());
      expect(await failure({ reason: "x".repeat(5_000) })).toContain("ENOSPC");
      await rm(join(root, ".state", "filler"));
      expect((await appendEntry(project, draft())).previous).toBe(first.hash);
      expect(kinds(await verified())).toEqual(["torn 2"]);
    } finally {
      await execa("umount", [join(root, ".state")]);
    }
  });
});

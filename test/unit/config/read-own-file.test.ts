import { execFileSync } from "node:child_process";
import { mkdirSync, mkdtempSync, rmSync, truncateSync, utimesSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { OwnFileFault, readOwnFile } from "../../../src/config/read-own-file.ts";
import { ownFileDigests } from "../../../src/plan/deployed-catalog.ts";
import { modelFrom } from "../../support/model.ts";

const root = mkdtempSync(join(tmpdir(), "sluice-own-"));
afterAll(() => rmSync(root, { recursive: true, force: true }));

const read = (file: string): ReturnType<typeof readOwnFile> => readOwnFile(root, "catalog", { file });

/** What is said of a file that cannot be used. */
function saidOf(file: string): string {
  try {
    read(file);
  } catch (error) {
    if (error instanceof OwnFileFault) return error.message;
    throw error;
  }
  throw new Error(`${file} can be used`);
}

describe("a value in a file of its own", () => {
  it("is read again only when the file is another", () => {
    writeFileSync(join(root, "a.yaml"), "stages: [dev]\n");
    const first = read("a.yaml");
    expect(first?.value).toEqual({ stages: ["dev"] });
    expect(read("a.yaml")).toBe(first);
    writeFileSync(join(root, "a.yaml"), "stages: [dev, production]\n");
    utimesSync(join(root, "a.yaml"), 1, 2);
    expect(read("a.yaml")?.value).toEqual({ stages: ["dev", "production"] });
  });

  it("has the same digest however it is written", () => {
    writeFileSync(join(root, "b.yaml"), "a: 1\nb: 2\n");
    writeFileSync(join(root, "c.yaml"), "# the same\nb: 2\na: 0x1\n");
    const digest = (file: string): string | undefined => ownFileDigests({ kubernetes: read(file)?.value }, modelFrom({}).catalog)["kubernetes"];
    expect(digest("b.yaml")).toBe(digest("c.yaml"));
    expect(digest("b.yaml")).not.toBe(digest("a.yaml"));
  });

  it("is none where a key may not have one, or the value is no reference alone", () => {
    expect(readOwnFile(root, "flags", { file: "a.yaml" })).toBeNull();
    expect(readOwnFile(root, "catalog", { file: "a.yaml", stages: [] })).toBeNull();
    expect(readOwnFile(root, "catalog", "a.yaml")).toBeNull();
  });

  it("cannot be a folder, a pipe that would be waited for, nothing, or without end", () => {
    mkdirSync(join(root, "folder"));
    execFileSync("mkfifo", [join(root, "pipe")]);
    writeFileSync(join(root, "large.yaml"), "");
    truncateSync(join(root, "large.yaml"), 2 ** 30);
    expect(saidOf("folder")).toBe("catalog.file: folder cannot be used: it is no file");
    expect(saidOf("pipe")).toBe("catalog.file: pipe cannot be used: it is no file");
    expect(saidOf("large.yaml")).toBe("catalog.file: large.yaml cannot be used: it has 1073741824 bytes");
    expect(saidOf("none.yaml")).toContain("catalog.file: none.yaml cannot be used: ENOENT");
  });

  it("is not quoted where it is no YAML: it may be a file of secrets", () => {
    writeFileSync(join(root, ".env"), "NAME=1\nPASSWORD: hunter2: hunter3\n");
    expect(saidOf(".env")).toMatch(/^catalog\.file: \.env cannot be used: .* at line \d+, column \d+$/);
    expect(saidOf(".env")).not.toContain("hunter");
  });
});

import { createHash } from "node:crypto";
import { mkdtemp, readFile, rm, stat, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, beforeEach, describe, expect, it } from "vitest";
import { downloadRelease } from "../../../src/setup/download.ts";
import { runClient } from "../../../src/setup/run-client.ts";
import { provideTool } from "../../../src/setup/setup.ts";
import { SetupError, type Tool } from "../../../src/setup/tool.ts";
import { portOf } from "../../support/scratch-traefik.ts";

const BODY = Buffer.alloc(100_000, "sluice");
const SUM = createHash("sha256").update(BODY).digest("hex");
const nothing = (): void => undefined;

let server: Server;
let base: string;
let folder: string;
let ranges: (string | undefined)[];

beforeAll(async () => {
  server = createServer((request, response) => {
    const range = /^bytes=(\d+)-$/.exec(request.headers.range ?? "")?.[1];
    if (request.url === "/sums.txt") response.end(`0000  other.tar.gz\n${SUM}  tool.tar.gz\n`);
    else if (request.url === "/alone.txt") response.end(SUM);
    else if (request.url === "/page.html") response.end("<html>");
    else if (request.url === "/wrong.txt") response.end(`${"0".repeat(64)}  tool.tar.gz\n`);
    else if (request.url === "/tool.tar.gz") {
      ranges.push(request.headers.range);
      if (range === undefined) response.end(BODY);
      else if (Number(range) >= BODY.length) response.writeHead(416).end();
      else response.writeHead(206).end(BODY.subarray(Number(range)));
    } else response.writeHead(404).end();
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  base = `http://127.0.0.1:${portOf(server)}`;
});
afterAll(() => server.close());
beforeEach(async () => {
  ranges = [];
  folder = await mkdtemp(join(tmpdir(), "sluice-download-"));
  return () => rm(folder, { recursive: true });
});

describe("a download", () => {
  it("is there once its sum was right", async () => {
    await downloadRelease({ url: `${base}/tool.tar.gz`, sum: { url: `${base}/sums.txt` } }, join(folder, "tool"), nothing);
    expect(await readFile(join(folder, "tool"))).toEqual(BODY);
  });

  it.each([
    ["published alone", () => ({ url: `${base}/alone.txt` })],
    ["that is known", () => ({ sha256: SUM })],
  ])("is checked against a sum %s", async (_case, sum) => {
    await downloadRelease({ url: `${base}/tool.tar.gz`, sum: sum() }, join(folder, "tool"), nothing);
    expect(await readFile(join(folder, "tool"))).toEqual(BODY);
  });

  it("whose sum is no sum is not taken", async () => {
    await expect(downloadRelease({ url: `${base}/tool.tar.gz`, sum: { url: `${base}/page.html` } }, join(folder, "tool"), nothing)).rejects.toThrow(
      "page.html names no tool.tar.gz",
    );
  });

  it.each([10, BODY.length])("goes on where it was interrupted, after %i bytes", async (have) => {
    await writeFile(join(folder, "tool.part"), BODY.subarray(0, have));
    await downloadRelease({ url: `${base}/tool.tar.gz`, sum: { url: `${base}/sums.txt` } }, join(folder, "tool"), nothing);
    expect(ranges).toEqual([`bytes=${have}-`]);
    expect(await readFile(join(folder, "tool"))).toEqual(BODY);
  });

  it("with another sum is thrown away", async () => {
    await expect(downloadRelease({ url: `${base}/tool.tar.gz`, sum: { url: `${base}/wrong.txt` } }, join(folder, "tool"), nothing)).rejects.toThrow(
      "it was thrown away",
    );
    await expect(stat(join(folder, "tool.part"))).rejects.toThrow("ENOENT");
    await expect(stat(join(folder, "tool"))).rejects.toThrow("ENOENT");
  });

  it("that no sum is published for is not taken", async () => {
    await expect(downloadRelease({ url: `${base}/unknown.tar.gz`, sum: { url: `${base}/sums.txt` } }, join(folder, "tool"), nothing)).rejects.toThrow(
      "names no unknown.tar.gz",
    );
  });

  it("from a site that does not answer says so", async () => {
    await expect(
      downloadRelease({ url: "http://127.0.0.1:1/tool.tar.gz", sum: { url: "http://127.0.0.1:1/sums.txt" } }, join(folder, "tool"), nothing),
    ).rejects.toThrow("127.0.0.1:1 cannot be reached");
  });
});

describe("a tool", () => {
  function tool(changes: Partial<Tool>): { tool: Tool; calls: string[] } {
    const calls: string[] = [];
    let there = false;
    const get = (way: string, works: boolean) => async () => {
      calls.push(way);
      if (!works) throw new SetupError(`no ${way}`);
      there = true;
    };
    return {
      calls,
      tool: {
        name: `test ${Math.random()}`,
        version: "1",
        find: async () => (there ? { path: "/x", origin: "cache", version: "1" } : null),
        download: get("download", true),
        fromRegistry: get("registry", true),
        wayOut: "install it",
        ...changes,
      },
    };
  }
  beforeEach(() => {
    process.env["SLUICE_CACHE"] = folder;
    return () => delete process.env["SLUICE_CACHE"];
  });

  it("on the machine is used as it is", async () => {
    const { tool: present, calls } = tool({ find: async () => ({ path: "/usr/bin/x", origin: "machine", version: "1" }) });
    expect((await provideTool(present, nothing)).origin).toBe("machine");
    expect(calls).toEqual([]);
  });

  it("is downloaded before a registry is asked", async () => {
    const { tool: missing, calls } = tool({});
    expect((await provideTool(missing, nothing)).origin).toBe("download");
    expect(calls).toEqual(["download"]);
  });

  it("comes from the registry where the download cannot be reached", async () => {
    const { tool: missing } = tool({ download: () => Promise.reject(new SetupError("get.example cannot be reached")) });
    expect((await provideTool(missing, nothing)).origin).toBe("registry");
  });

  it("that cannot be got says what each way answered, and the way out", async () => {
    const { tool: missing } = tool({
      download: () => Promise.reject(new SetupError("unreachable")),
      fromRegistry: () => Promise.reject(new SetupError("go is missing")),
    });
    await expect(provideTool(missing, nothing)).rejects.toThrow(/download: unreachable\n {2}registry: go is missing\n {2}way out: install it/);
  });

  it("that only the user can install says how", async () => {
    const { tool: missing } = tool({});
    const { name, version, find, wayOut } = missing;
    await expect(provideTool({ name, version, find, wayOut }, nothing)).rejects.toThrow(`${name} 1 is missing\n  way out: install it`);
  });

  it("is got once where two set-ups run beside each other", async () => {
    const { tool: missing, calls } = tool({});
    await Promise.all([provideTool(missing, nothing), provideTool(missing, nothing)]);
    expect(calls).toEqual(["download"]);
  });

  it("whose registry client is missing names it and where it is got", async () => {
    await expect(runClient("no-such-client", [], { cwd: folder }, nothing)).rejects.toThrow(
      "no-such-client is missing. Get no-such-client, then run this again",
    );
  });
});

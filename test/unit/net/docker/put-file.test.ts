import { describe, expect, it } from "vitest";
import type { DockerEngine } from "../../../../src/net/docker/engine.ts";
import { putFile } from "../../../../src/net/docker/put-file.ts";

interface Entry {
  readonly name: string;
  readonly type: string;
  readonly link: string;
  readonly content: string;
}

/** An engine with one folder, which takes archives as a real one does: entry by entry, each in the place of what was there. */
function engineWith(files: Map<string, Entry>): DockerEngine {
  return {
    host: "unix:///docker.sock",
    async ask(method, _path, body) {
      const linkTarget = `/documents/${files.get("traefik.yaml")?.link ?? ""}`;
      const stat = Buffer.from(JSON.stringify({ name: "traefik.yaml", linkTarget })).toString("base64");
      if (method === "HEAD") return { status: files.has("traefik.yaml") ? 200 : 404, body: Buffer.alloc(0), headers: { "x-docker-container-path-stat": stat } };
      for (const entry of entriesOf(body ?? Buffer.alloc(0))) files.set(entry.name, entry);
      return { status: 200, body: Buffer.alloc(0), headers: {} };
    },
    close: () => undefined,
  };
}

function entriesOf(archive: Buffer): Entry[] {
  const entries: Entry[] = [];
  const text = (from: number, length: number): string => archive.toString("utf8", from, from + length).replace(/\0.*$/s, "");
  for (let at = 0; archive[at] !== 0; ) {
    const size = Number.parseInt(text(at + 124, 12), 8);
    entries.push({ name: text(at, 100), type: text(at + 156, 1), link: text(at + 157, 100), content: archive.toString("utf8", at + 512, at + 512 + size) });
    at += 512 + Math.ceil(size / 512) * 512;
  }
  return entries;
}

const read = (files: Map<string, Entry>): string => files.get(files.get("traefik.yaml")?.link ?? "")?.content ?? "nothing";
const put = (engine: DockerEngine, content: string): Promise<void> =>
  putFile(engine, { container: "carrier", folder: "/documents" }, "traefik.yaml", content, 0o600);

describe("a file that is put into a volume", () => {
  it("is what was put last, and nothing of what was before is left", async () => {
    const files = new Map<string, Entry>();
    const engine = engineWith(files);
    for (const content of ["first", "second", "third"]) {
      await put(engine, content);
      expect(read(files)).toBe(content);
    }
    expect([...files.values()].filter(({ type, content }) => type === "0" && content !== "").map(({ content }) => content)).toEqual(["third"]);
  });

  it("is replaced while the folder cannot be read as a whole, and can be read after it", async () => {
    const names: string[] = [];
    const engine = engineWith(new Map());
    const watched: DockerEngine = {
      ...engine,
      ask(method, path, body) {
        if (body !== undefined) names.push(...entriesOf(body).map(({ name, type }) => `${type} ${name.replace(/\.[0-9a-f]{8}$/, "")}`));
        return engine.ask(method, path, body);
      },
    };
    await put(watched, "first");
    expect(names).toEqual(["2 hold-traefik.yaml", "0 traefik.yaml", "2 traefik.yaml", "0 hold-traefik.yaml"]);
  });

  it("is never written into while readers are led to it, whoever else writes", async () => {
    const files = new Map<string, Entry>();
    const engine = engineWith(files);
    await put(engine, "first");
    // Both look before either writes.
    const led: string[] = [];
    const watched: DockerEngine = {
      ...engine,
      async ask(method, path, body) {
        const now = files.get("traefik.yaml")?.link ?? "";
        if (method === "PUT" && entriesOf(body ?? Buffer.alloc(0))[0]?.name === now) led.push(now);
        return engine.ask(method, path, body);
      },
    };
    await Promise.all([put(watched, "of a kill"), put(watched, "of an update")]);
    expect(led).toEqual([]);
    expect(["of a kill", "of an update"]).toContain(read(files));
  });
});

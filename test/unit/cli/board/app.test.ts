import { mkdtemp, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { boardApp } from "../../../../src/cli/board/app.ts";
import { readAssets } from "../../../../src/cli/board/assets.ts";
import { readMetricsOnce } from "../../../../src/operations/board/metrics.ts";
import { type InFull, readBoard } from "../../../../src/operations/board/read-board.ts";
import { OperationError } from "../../../../src/operations/errors.ts";
import { AGENT, writeBoardProject } from "../../../support/board-project.ts";
import { until } from "../../../support/wait.ts";

const NOW = new Date("2027-01-31T12:00:00Z");
const PORT = 8090;

let root: string;
let listeners: (() => void)[] = [];
const errors: unknown[] = [];

beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-app-"));
  await writeBoardProject(root, NOW);
});
afterAll(() => rm(root, { recursive: true, force: true }));

interface Asked {
  readonly method?: string;
  readonly headers?: Readonly<Record<string, string>>;
}

async function request(
  path: string,
  { method = "GET", headers = {} }: Asked = {},
  read: (inFull: InFull) => ReturnType<typeof readBoard> = readHere,
): Promise<Response> {
  const live = {
    read,
    onChange: (listener: () => void) => {
      listeners.push(listener);
      return () => {
        listeners = listeners.filter((one) => one !== listener);
      };
    },
  };
  const app = boardApp({ live, assets: await readAssets(), port: PORT, now: () => NOW, onError: (error) => errors.push(error) });
  return app.request(`http://127.0.0.1:${PORT}${path}`, { method, headers: { host: `127.0.0.1:${PORT}`, ...headers } });
}

const readHere = (inFull: InFull) => readBoard(root, inFull, NOW, readMetricsOnce());

describe("the board's answers", () => {
  it.each([
    ["/", "text/html; charset=UTF-8"],
    [`/flags/${AGENT}`, "text/html; charset=UTF-8"],
    ["/board.css", "text/css; charset=utf-8"],
    ["/board.js", "text/javascript; charset=utf-8"],
    ["/icon.svg", "image/svg+xml"],
  ])("to %s are strict", async (path, type) => {
    const response = await request(path);
    expect(response.status).toBe(200);
    expect(Object.fromEntries(response.headers)).toMatchObject({
      "content-type": type,
      "content-security-policy":
        "default-src 'none'; style-src 'self'; script-src 'self'; connect-src 'self'; img-src 'self'; base-uri 'none'; form-action 'none'; frame-ancestors 'none'",
      "x-content-type-options": "nosniff",
      "x-frame-options": "DENY",
      "referrer-policy": "no-referrer",
      "cross-origin-resource-policy": "same-origin",
      "cross-origin-opener-policy": "same-origin",
      "cache-control": "no-store",
    });
  });

  it("have no element that the policy forbids, and nothing to press", async () => {
    for (const path of ["/", `/flags/${AGENT}`]) {
      const text = await (await request(path)).text();
      expect(text).not.toMatch(/<style|<button|<form|<input|<iframe| style="| on[a-z]+="/);
      expect(text.match(/<script[^>]*>/g)).toEqual(['<script src="/board.js" type="module">']);
    }
  });

  it.each(["POST", "PUT", "PATCH", "DELETE", "OPTIONS", "PROPFIND"])("to %s are a refusal", async (method) => {
    const response = await request("/", { method });
    expect([response.status, response.headers.get("allow"), await response.text()]).toEqual([405, "GET, HEAD", "The board only reads.\n"]);
  });

  it.each(["/", "/events"])("to HEAD of %s have no body, and keep nothing open", async (path) => {
    const response = await request(path, { method: "HEAD" });
    expect([response.status, await response.text(), listeners]).toEqual([200, "", []]);
  });

  it.each([`127.0.0.1:${PORT}`, `localhost:${PORT}`, `LocalHost:${PORT}`, `[::1]:${PORT}`])("go to who asks for %s", async (host) => {
    expect((await request("/", { headers: { host } })).status).toBe(200);
  });

  it.each(["evil.example", `evil.example:${PORT}`, "127.0.0.1", "127.0.0.1:80", `127.0.0.1.evil.example:${PORT}`, `localhost:${PORT}.evil.example`, ""])(
    "do not go to who asks for %j",
    async (host) => {
      const response = await request("/", { headers: { host } });
      expect([response.status, await response.text()]).toEqual([421, "The board answers at http://127.0.0.1:8090 only.\n"]);
    },
  );

  it("name the nearest of a flag that is not there", async () => {
    const response = await request("/flags/AGENT_ENABLE");
    expect(response.status).toBe(404);
    expect(await response.text()).toContain("There is no flag AGENT_ENABLE. Did you mean AGENT_ENABLED?");
  });

  it("show a name that was made up as text", async () => {
    expect(await (await request(`/flags/${encodeURIComponent("<script>\u202E")}`)).text()).toContain("There is no flag &lt;script&gt;·.");
  });

  it("know no other page", async () => {
    expect((await request("/../../etc/passwd")).status).toBe(404);
  });

  it("say what a person can do where there is no project", async () => {
    const response = await request("/", {}, (inFull) => readBoard(join(root, "nowhere"), inFull, NOW, readMetricsOnce()));
    expect(response.status).toBe(500);
    expect(await response.text()).toContain("Way out: run this in the folder of the project, or give it: sluice -C &lt;folder&gt;.");
    expect(errors).toEqual([]);
  });

  it("hold no address that is a token", async () => {
    const told = new OperationError("config", "it has https://hooks.slack.com/services/T0/B0/x1y2 and https://ann:geheim@prometheus.example");
    const text = await (await request("/", {}, () => Promise.reject(told))).text();
    expect(text).toContain("it has (webhook) and https://prometheus.example");
  });

  it("tell the terminal of a fault of ours, and not the page", async () => {
    const fault = new Error("a secret detail");
    const response = await request("/", {}, () => Promise.reject(fault));
    expect([response.status, (await response.text()).includes("a secret detail"), errors]).toEqual([500, false, [fault]]);
  });

  it("to /events say that something changed", async () => {
    const response = await request("/events");
    expect(response.headers.get("content-type")).toBe("text/event-stream");
    const stream = response.body?.pipeThrough(new TextDecoderStream()).getReader();
    const first = await stream?.read();
    for (const listener of listeners) listener();
    expect([first?.value, (await stream?.read())?.value]).toEqual([": here\n\n", "event: changed\ndata: \n\n"]);
    await stream?.cancel();
    await until("nobody listens any more", () => listeners.length === 0);
  });
});

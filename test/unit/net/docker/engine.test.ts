import { chmod, mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { awaitHealthy } from "../../../../src/net/docker/await-healthy.ts";
import { listContainers } from "../../../../src/net/docker/containers.ts";
import { openEngine } from "../../../../src/net/docker/engine.ts";
import { until } from "../../../support/wait.ts";

let folder: string;
let server: Server;
let answers: Record<string, { readonly status?: number; readonly body: unknown } | (() => { readonly status?: number; readonly body: unknown })>;

beforeEach(async () => {
  folder = await mkdtemp(join(tmpdir(), "sluice-engine-"));
  answers = {};
  server = createServer((request, response) => {
    const found = answers[(request.url ?? "").split("?")[0] ?? ""] ?? { status: 404, body: { message: "no such thing" } };
    const answer = typeof found === "function" ? found() : found;
    response.statusCode = answer.status ?? 200;
    response.end(Buffer.isBuffer(answer.body) ? answer.body : JSON.stringify(answer.body));
  });
  await new Promise<void>((resolve) => server.listen(join(folder, "docker.sock"), resolve));
});
afterEach(async () => {
  vi.unstubAllEnvs();
  server.closeAllConnections();
  await new Promise((resolve) => server.close(resolve));
  await rm(folder, { recursive: true });
});

const socket = () => ({ host: `unix://${join(folder, "docker.sock")}`, certPath: null });
const listed = { Names: ["/one"], State: "running", Status: "Up 3 seconds (healthy)", ImageID: "sha256:1", Labels: { a: "b" } };

it("shows no password of an address", async () => {
  const engine = await openEngine({ host: "tcp://deploy:correct-horse@127.0.0.1:1", certPath: null });
  await expect(engine.ask("GET", "/_ping")).rejects.toThrow(/^no Docker engine answers at tcp:\/\/deploy@127\.0\.0\.1:1 /);
  expect(engine.host).toBe("tcp://deploy@127.0.0.1:1");
});

/** A program `ssh` that leads to the engine, refuses, or hangs; it notes when it begins. */
async function provideSsh(): Promise<void> {
  const script = `#!${process.execPath}
const net = require("node:net");
require("node:fs").appendFileSync(${JSON.stringify(join(folder, "ssh.log"))}, process.pid + "\\n");
if (process.argv.at(-4) === "hanging@host") return setInterval(() => undefined, 1000);
if (process.argv.at(-4) !== "deploy@host") { console.error("Permission denied (publickey)."); process.exit(255); }
const engine = net.connect(${JSON.stringify(join(folder, "docker.sock"))});
process.stdin.pipe(engine); engine.pipe(process.stdout);`;
  await writeFile(join(folder, "ssh"), script);
  await chmod(join(folder, "ssh"), 0o755);
  vi.stubEnv("PATH", `${folder}:${process.env["PATH"] ?? ""}`);
}

async function sshProcesses(): Promise<string[]> {
  return (await readFile(join(folder, "ssh.log"), "utf8")).trim().split("\n");
}

function hasEnded(pid: number): boolean {
  try {
    process.kill(pid, 0);
    return false;
  } catch {
    return true;
  }
}

describe("an engine", () => {
  it.each([
    ["Up 3 seconds (healthy)", "healthy"],
    ["Up 2 minutes (unhealthy)", "unhealthy"],
    ["Up 1 second (health: starting)", "starting"],
    ["Up 5 days", null],
  ])("that says %j of a container means %s", async (Status, health) => {
    answers["/containers/json"] = { body: [{ ...listed, Status }] };
    const engine = await openEngine(socket());
    expect(await listContainers(engine, { a: "b" })).toEqual([{ name: "one", running: true, fresh: false, health, imageId: "sha256:1", labels: { a: "b" } }]);
    engine.close();
  });

  it("is spoken to by the ssh of this machine, as Docker's own client does", async () => {
    await provideSsh();
    answers["/containers/json"] = { body: [listed] };
    const engine = await openEngine({ host: "ssh://deploy@host", certPath: null });
    expect(await listContainers(engine, {})).toHaveLength(1);
    engine.close();
  });

  it("that ssh does not reach is told of in its words", async () => {
    await provideSsh();
    const engine = await openEngine({ host: "ssh://nobody@host", certPath: null });
    await expect(listContainers(engine, {})).rejects.toThrow(
      "the Docker engine at ssh://nobody@host does not answer: ssh ended with code 255: Permission denied (publickey).",
    );
    engine.close();
  });

  it("that ssh never comes to is given up in time, and ssh with it", async () => {
    await provideSsh();
    const engine = await openEngine({ host: "ssh://hanging@host", certPath: null }, 300);
    await expect(listContainers(engine, {})).rejects.toThrow("the Docker engine at ssh://hanging@host does not answer: no answer within 0.3 s");
    const [pid] = await sshProcesses();
    await until("ssh has ended", () => hasEnded(Number(pid)));
    engine.close();
  });

  it("is reached by a few processes of ssh, whatever is asked", async () => {
    await provideSsh();
    answers["/containers/json"] = { body: [listed] };
    const engine = await openEngine({ host: "ssh://deploy@host", certPath: null });
    await Promise.all(Array.from({ length: 12 }, async () => listContainers(engine, {})));
    expect((await sshProcesses()).length).toBeLessThanOrEqual(4);
    engine.close();
  });

  it("that refuses is quoted", async () => {
    answers["/containers/json"] = { status: 500, body: Buffer.from('{"message":"no space left\u001b[2J on device"}\n') };
    const engine = await openEngine(socket());
    await expect(listContainers(engine, {})).rejects.toThrow(/answers with status 500: \{"message":"no space left \[2J on device"\}$/);
    engine.close();
  });
});

describe("a container that does not become healthy", () => {
  const state = (changes: object, restarts = 0) => ({
    body: {
      RestartCount: restarts,
      State: { Status: "running", ExitCode: 0, OOMKilled: false, ...changes },
      Config: { Healthcheck: { Test: ["CMD", "wget", "http://127.0.0.1:8080/"] } },
    },
  });
  /** One that starts anew three times between any two looks. */
  const restarting = (changes: object) => {
    let restarts = 0;
    return () => state(changes, (restarts += 3));
  };
  const frame = (text: string): Buffer => Buffer.concat([Buffer.from([1, 0, 0, 0, 0, 0, 0, text.length]), Buffer.from(text)]);
  const END = "Routes were left as they are, and what ran before goes on serving. Mend it, then run `pulumi up` again.";

  it.each([
    [
      "its check fails",
      state({ Health: { Status: "unhealthy", Log: [{ ExitCode: 1, Output: "connection refused\n" }] } }),
      "is not healthy after 0.05 s: its check `wget http://127.0.0.1:8080/` fails with exit code 1: connection refused",
    ],
    [
      "its check fails with what would steer a terminal",
      state({ Health: { Status: "unhealthy", Log: [{ ExitCode: 1, Output: "\u001b[31mno\u202e \r\u0007bell\n" }] } }),
      "is not healthy after 0.05 s: its check `wget http://127.0.0.1:8080/` fails with exit code 1: [31mno bell",
    ],
    [
      "its check hangs",
      state({ Health: { Status: "starting", Log: [] } }),
      "is not healthy after 0.05 s: its check `wget http://127.0.0.1:8080/` has not come to an end yet",
    ],
    ["it ends", restarting({ ExitCode: 3 }), "does not stay up: it ended with exit code 3, and was started anew 3 times"],
    ["it takes too much memory", restarting({ OOMKilled: true }), "was ended for want of memory: its limit is docker.services.<name>.memory"],
  ])("is told of where %s, with its last lines", async (_name, answer, said) => {
    answers["/containers/one/json"] = answer;
    answers["/containers/one/logs"] = { body: Buffer.concat([frame("first\n"), frame("sec\u001b]0;ond\n")]) };
    const engine = await openEngine(socket());
    await expect(awaitHealthy(engine, [{ name: "one", ready: 50 }])).rejects.toThrow(
      `container one ${said}\n  the last lines of its log:\n  | first\n  | sec ]0;ond\n${END}`,
    );
    engine.close();
  });

  it("is not one that was started anew before and is healthy now", async () => {
    answers["/containers/one/json"] = state({ Health: { Status: "healthy", Log: [] } }, 3);
    const engine = await openEngine(socket());
    await expect(awaitHealthy(engine, [{ name: "one", ready: 50 }])).resolves.toBeUndefined();
    engine.close();
  });

  it("is told of where it is gone", async () => {
    const engine = await openEngine(socket());
    await expect(awaitHealthy(engine, [{ name: "one", ready: 50 }])).rejects.toThrow(
      `there is no container one: someone has removed it; pulumi refresh, then pulumi up, makes it anew\n${END}`,
    );
    engine.close();
  });
});

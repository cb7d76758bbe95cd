import { type ChildProcess, spawn } from "node:child_process";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../../src/net/ask.ts";
import { listens } from "../../src/net/listens.ts";
import { HOME, makeProject, type TestProject } from "../support/project.ts";
import { until } from "../support/wait.ts";

let test: TestProject;
beforeAll(async () => {
  test = await makeProject();
  await test.pulumi(["stack", "init", "dev"]);
  await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
});
afterAll(() => test.remove());

/** Everything of a stage that listens: Traefik, its API, and the services. */
const ports = (): string[] => [0, 1, 20].map((offset) => `http://127.0.0.1:${test.portOf("dev") + offset}`);
const listening = async (): Promise<string[]> => {
  const states = await Promise.all(ports().map(listens));
  return ports().filter((_port, index) => states[index]);
};

async function startServe(): Promise<ChildProcess> {
  const child = spawn(process.execPath, [join(HOME, "bin", "sluice.mjs"), "serve", "--stage", "dev"], { cwd: test.root, stdio: "ignore" });
  await until("the stage is served", async () => (await ask(test.urlOf("dev"), { path: "/voice" })).status === 200);
  expect(await listening()).toHaveLength(3);
  return child;
}

describe("sluice serve", () => {
  it.each(["SIGINT", "SIGTERM", "SIGKILL"] as const)("leaves no process after %s", async (signal) => {
    const child = await startServe();
    const ended = new Promise<number | null>((resolve) => child.once("exit", resolve));
    child.kill(signal);
    expect(await ended).toBe(signal === "SIGKILL" ? null : 0);
    await until("nothing listens any more", async () => (await listening()).length === 0);
  });

  it("starts a workload that has died again", async () => {
    const child = await startServe();
    const answer = await ask(test.urlOf("dev"), { path: "/voice" });
    const pid = z.object({ pid: z.number() }).parse(JSON.parse(answer.body)).pid;
    process.kill(pid, "SIGKILL");
    await until("another process answers", async () => {
      const later = await ask(test.urlOf("dev"), { path: "/voice" });
      return later.status === 200 && JSON.parse(later.body).pid !== pid;
    });
    child.kill("SIGTERM");
    await until("nothing listens any more", async () => (await listening()).length === 0);
  });
});

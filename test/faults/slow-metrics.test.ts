import { readFile } from "node:fs/promises";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type Load, startLoad } from "../../src/operations/demo/load.ts";
import { type Answering, startAnswering } from "../support/answering.ts";
import { documentPath } from "../support/kill.ts";
import { type MoodyProject, makeMoodyProject } from "../support/moody-project.ts";
import { writeSettings } from "../support/settings.ts";
import { isOn, mustUp } from "../support/stage-commands.ts";
import { until } from "../support/wait.ts";

/** How long the promotion has patience with metrics that it does not get: longer than any test here may take. */
const PATIENCE = "10m";

let test: MoodyProject;
let load: Load;
let prometheus: Answering;
let asked = 0;

beforeAll(async () => {
  test = await makeMoodyProject(["dev"], { watch: { duration: "1m", interval: "1s", patience: PATIENCE, metrics: { errors: { kind: "error-ratio" } } } });
  load = startLoad(test.urlOf("dev"), "/voice", "sluice-1=x", 4, 100);
  prometheus = await startAnswering(() => {
    asked += 1;
  });
  await writeSettings(test.root, "dev", { prometheus: prometheus.url });
  await mustUp(test);
});
afterAll(async () => {
  await load.stop();
  await prometheus.stop();
  await test.remove();
});

/** Starts a promotion, and waits until it asks a source that never answers. */
async function promoteIntoTheWait(): Promise<{ readonly ended: Promise<{ code: number; output: string }> }> {
  const before = asked;
  const ended = test.sluice(["promote", "AGENT_ENABLED", "--stage", "dev", "--to", "5", "--steps", "5", "--yes"]);
  await until(
    "the promotion asks for metrics",
    async () => asked > before && (await readFile(documentPath(test, "stage.json"), "utf8")).includes(":5"),
    90_000,
  );
  expect(await isOn(test, 1)).toBe(true);
  return { ended };
}

describe("while a promotion waits for metrics that do not come", () => {
  it("a rollback does not wait for it, and the promotion ends where that brought it", async () => {
    const { ended } = await promoteIntoTheWait();
    const { code, output } = await test.sluice(["rollback", "--stage", "dev"]);
    expect(code, output).toBe(0);
    expect(await isOn(test, 1)).toBe(false);
    const promoted = await ended;
    expect(promoted.code, promoted.output).toBe(10);
    expect(promoted.output).toContain("someone else has brought AGENT_ENABLED to 0 per cent");
  });

  it("a kill does not wait for it, and the promotion ends", async () => {
    const { ended } = await promoteIntoTheWait();
    const { code, output } = await test.sluice(["kill", "AGENT_ENABLED", "--stage", "dev", "--reason", "a test"]);
    expect(code, output).toBe(0);
    expect(await isOn(test, 1)).toBe(false);
    const promoted = await ended;
    expect([10, 3], promoted.output).toContain(promoted.code);
    expect(await isOn(test, 1)).toBe(false);
  });

  it("no visitor is lost", async () => {
    const { requests, lost } = await load.stop();
    expect([requests > 0, lost]).toEqual([true, 0]);
  });
});

import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedBoard, serveBoard } from "../../src/cli/board/serve-board.ts";
import { ask } from "../../src/net/ask.ts";
import { findFreeBase } from "../../src/net/free-ports.ts";
import { startLiveBoard } from "../../src/operations/board/live-board.ts";
import type { Serving } from "../../src/operations/serve/serve.ts";
import { findChromium, launchChromium, openPage } from "../support/browser.ts";
import { makeProject, type TestProject } from "../support/project.ts";
import { serveStages } from "../support/serving.ts";
import { until } from "../support/wait.ts";

const AGENT = "AGENT_ENABLED";
const chromium = await findChromium();

describe.skipIf(chromium === null)("the board of a stage that is deployed and served (skipped where there is no Chromium)", () => {
  let test: TestProject;
  let serving: Serving;
  let board: ServedBoard;
  let browser: Browser;

  beforeAll(async () => {
    test = await makeProject();
    await test.pulumi(["stack", "init", "dev"]);
    await up("25");
    serving = await serveStages(test.root, ["dev"]);
    const port = await findFreeBase([12_110, 12_310, 12_510], [0]);
    if (port === null) throw new Error("no port is free from 12110 on");
    const pace = { files: 100, metrics: 300, time: 30_000 };
    board = await serveBoard(
      test.root,
      port,
      (error) => {
        throw error;
      },
      (root, now, onError) => startLiveBoard(root, now, onError, pace),
    );
    browser = await launchChromium(chromium ?? "");
  });
  afterAll(async () => {
    await browser.close();
    await board.stop();
    await serving.stop();
    await test.remove();
  });

  async function up(exposure: string): Promise<void> {
    await test.pulumi(["config", "set", "--stack", "dev", "--path", `flags.${AGENT}`, exposure]);
    const { code, output } = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(code, output).toBe(0);
  }

  it("counts what Traefik answers of both variants, and follows an update without being loaded anew", async () => {
    const { page, complaints, close } = await openPage(browser, `${board.url}/flags/${AGENT}`);
    const state = page.locator(".stand .card").first().locator(".state-words");
    expect(await state.textContent()).toBe("25%");
    const figures = page.locator(".measures .stage-measures").first().locator(".figures");
    await until("both variants have answered in the plots' figures", async () => {
      await Promise.all(Array.from({ length: 20 }, () => ask(test.urlOf("dev"), { path: "/voice" })));
      return /^0% with the flag0% without it$/.test((await figures.nth(1).textContent()) ?? "");
    });
    expect(await figures.nth(2).textContent()).toMatch(/^[\d.]+ ms with the flag[\d.]+ ms without it$/);
    await page.evaluate("globalThis.sameDocument = true");
    await up("50");
    await until("the page says 50%", async () => (await state.textContent()) === "50%");
    // The engine writes the state first, and the history as it ends. What is due comes before what was.
    const newest = page.locator(".timeline .happening:not(.due) strong").first();
    await until("the way so far has it", async () => (await newest.textContent()) === "25% → 50%");
    expect(await page.locator(".history tbody tr").first().textContent()).toContain("AGENT_ENABLED 25% -> 50%");
    expect(await page.locator(".way-back .card").first().textContent()).toContain("AGENT_ENABLED 50% -> 25%");
    expect(await page.evaluate("globalThis.sameDocument")).toBe(true);
    expect(complaints).toEqual([]);
    await close();
  });
});

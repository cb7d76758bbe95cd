import { mkdtemp, readFile, rm, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, BrowserContextOptions } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type ServedBoard, serveBoard } from "../../src/cli/board/serve-board.ts";
import { ask } from "../../src/net/ask.ts";
import { findFreeBase } from "../../src/net/free-ports.ts";
import { startLiveBoard } from "../../src/operations/board/live-board.ts";
import { AGENT, writeBoardProject } from "../support/board-project.ts";
import { findAxeViolations, findChromium, launchChromium, openPage } from "../support/browser.ts";
import { until } from "../support/wait.ts";
import { writeRecord } from "../support/written-state.ts";

const chromium = await findChromium();
if (chromium === null) process.stderr.write("test/board is left out: there is no Chromium; apt-get install chromium\n");

const HOSTILE = `</p><script>document.title="taken"</script><img src=x onerror="document.title='taken'">\u202Egnorw\u0007 ${"very-long-".repeat(60)}`;
const PAGES = ["/", `/flags/${AGENT}`];

/** Counters of both variants that rise with each look, in the words of Traefik. */
function traefikMetrics(look: number): string {
  const lines = ["traefik_config_reloads_total 1"];
  for (const [service, failed, seconds] of [
    ["voice-api--agent-enabled", 0.02, 0.06],
    ["voice-api--base", 0.01, 0.05],
    ["billing-api--agent-enabled", 0, 0.01],
  ] as const) {
    const total = look * 100;
    lines.push(`traefik_service_requests_total{code="200",service="${service}@file"} ${total * (1 - failed)}`);
    lines.push(`traefik_service_requests_total{code="500",service="${service}@file"} ${total * failed}`);
    lines.push(`traefik_service_request_duration_seconds_bucket{code="200",service="${service}@file",le="0.1"} ${total}`);
    lines.push(`traefik_service_request_duration_seconds_count{code="200",service="${service}@file"} ${total}`);
    lines.push(`traefik_service_request_duration_seconds_sum{code="200",service="${service}@file"} ${total * seconds}`);
  }
  return `${lines.join("\n")}\n`;
}

describe.skipIf(chromium === null)("the board in a real Chromium", () => {
  let browser: Browser;
  let root: string;
  let board: ServedBoard;
  let traefik: Server;
  let port: number;

  beforeAll(async () => {
    root = await mkdtemp(join(tmpdir(), "sluice-browser-"));
    const first = await findFreeBase([12_100, 12_300, 12_500], [0, 1, 2_001, 4_001]);
    if (first === null) throw new Error("no ports are free from 12100 on");
    port = first;
    await writeBoardProject(root, new Date(), { port, description: HOSTILE });
    let look = 0;
    traefik = createServer((_request, response) => {
      look += 1;
      response.end(traefikMetrics(look));
    });
    await new Promise<void>((resolve) => traefik.listen(port + 2_001, "127.0.0.1", resolve));
    const pace = { files: 100, metrics: 300, time: 30_000 };
    board = await serveBoard(
      root,
      port,
      (error) => {
        throw error;
      },
      (folder, now, onError) => startLiveBoard(folder, now, onError, pace),
    );
    browser = await launchChromium(chromium ?? "");
    await until("the metrics have been looked at", async () =>
      (await ask(board.url, { path: `/flags/${AGENT}` })).body.includes(`id="errors-staging-${AGENT}-title"`),
    );
  });
  afterAll(async () => {
    await browser.close();
    await board.stop();
    traefik.close();
    await rm(root, { recursive: true, force: true });
  });

  const open = (path: string, options: BrowserContextOptions = {}) => openPage(browser, `${board.url}${path}`, options);

  describe.each(["light", "dark"] as const)("in %s", (colorScheme) => {
    it.each(PAGES.flatMap((path) => [360, 768, 1280].map((width) => [path, width] as const)))(
      "%s at %d px is accessible, fits and complains of nothing",
      async (path, width) => {
        const { page, complaints, requests, close } = await open(path, { colorScheme, viewport: { width, height: 800 } });
        await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
        expect(await findAxeViolations(page)).toEqual([]);
        expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
        expect(
          await page.evaluate(
            "[...document.querySelectorAll('main *')].filter((one) => one.getBoundingClientRect().right > innerWidth + 1 && !one.closest('.sr, thead, pre')).map((one) => one.outerHTML.slice(0, 80))",
          ),
        ).toEqual([]);
        expect(complaints).toEqual([]);
        expect(requests.filter((url) => !url.startsWith(board.url))).toEqual([]);
        await close();
      },
    );
  });

  it("shows a hostile description as text", async () => {
    const { page, complaints, close } = await open(`/flags/${AGENT}`);
    expect(await page.title()).toBe(`${AGENT} · Sluice`);
    const text = (await page.locator(".about p.about, section p.about").first().textContent()) ?? "";
    expect(text.startsWith(`</p><script>document.title="taken"</script><img src=x onerror="document.title='taken'">·gnorw· very-long-`)).toBe(true);
    expect(await page.locator("main img, main script").count()).toBe(0);
    expect(complaints).toEqual([]);
    await close();
  });

  it("can be gone through by keyboard, each stop to be seen", async () => {
    const { page, close } = await open(`/flags/${AGENT}`);
    const stops = await page.evaluate("[...document.querySelectorAll('a[href], summary, [tabindex=\"0\"]')].filter((one) => one.checkVisibility()).length");
    const seen: unknown[] = [];
    for (let index = 0; index < Number(stops); index += 1) {
      await page.keyboard.press("Tab");
      const stop = await page.evaluate(
        "({ order: [...document.querySelectorAll('*')].indexOf(document.activeElement), outline: getComputedStyle(document.activeElement).outlineStyle, text: document.activeElement.textContent.slice(0, 40) })",
      );
      seen.push(stop);
    }
    expect(seen[0]).toMatchObject({ text: "Skip to the content" });
    expect(new Set(seen.map((stop) => JSON.stringify(stop))).size).toBe(Number(stops));
    expect(seen.filter((stop) => !JSON.stringify(stop).includes('"outline":"solid"'))).toEqual([]);
    await page.keyboard.press("Shift+Tab");
    await page.keyboard.press("Enter");
    await close();
  });

  it("opens what is folded by keyboard", async () => {
    const { page, close } = await open(`/flags/${AGENT}`);
    await page.locator("summary", { hasText: "Way out" }).first().focus();
    await page.keyboard.press("Enter");
    expect(await page.locator("details.ways").first().getAttribute("open")).toBe("");
    await close();
  });

  it("says the same without JavaScript", async () => {
    const main = "document.querySelector('main').innerText.replace(/\\d+h [\\d]+[ms]|[\\d.]+%|[\\d.]+ ms|\\d\\d:\\d\\d(:\\d\\d)?/g, '')";
    const [bare, scripted] = await Promise.all([open(`/flags/${AGENT}`, { javaScriptEnabled: false }), open(`/flags/${AGENT}`)]);
    const text = String(await bare.page.evaluate(main));
    expect(text).toContain("npx sluice rollback --stage dev --flag AGENT_ENABLED");
    expect(text.split("\n").slice(0, 20)).toEqual(
      String(await scripted.page.evaluate(main))
        .split("\n")
        .slice(0, 20),
    );
    await bare.page.locator("summary", { hasText: "As a table" }).first().click();
    expect(await bare.page.locator("details.as-table table").first().isVisible()).toBe(true);
    await Promise.all([bare.close(), scripted.close()]);
  });

  it("draws both variants, with a name and a description for who cannot see it", async () => {
    const { page, close } = await open(`/flags/${AGENT}`);
    const drawing = page.getByRole("img", { name: "Failed requests in staging" });
    expect(await drawing.count()).toBe(1);
    expect(await drawing.locator("desc").textContent()).toMatch(
      /^with the flag 1%, without it 1%, from \d{4}-\d\d-\d\d \d\d:\d\d:\d\dZ to .+, by Traefik's counters\.$/,
    );
    const slow = page.getByRole("img", { name: "Slower than 1 s in staging" });
    expect(await slow.locator("desc").textContent()).toMatch(/^with the flag 0%, without it 0%, from /);
    expect(await drawing.locator("path[stroke-dasharray], g[stroke-dasharray]").count()).toBeGreaterThan(0);
    await close();
  });

  it("shows a change of the stage without being loaded anew, and lets what is open and who is somewhere be", async () => {
    const { page, complaints, close } = await open(`/flags/${AGENT}`);
    await page.evaluate("globalThis.sameDocument = true");
    await until("the page is live", async () => (await page.locator("#live").textContent()) === "live");
    await page.locator("summary", { hasText: "Way out" }).first().click();
    await page.locator(".way-back pre").first().focus();
    await writeRecord(root, "staging", { [AGENT]: 50, TRANSCRIPTS_ENABLED: 0 }, { [AGENT]: new Date().toISOString() });
    await until("the card of staging says 50%", async () => (await page.locator(".stand .card").nth(1).locator(".state-words").textContent()) === "50%");
    expect(await page.evaluate("globalThis.sameDocument")).toBe(true);
    expect(await page.locator("details.ways").first().getAttribute("open")).toBe("");
    expect(await page.evaluate("document.activeElement.tagName")).toBe("PRE");
    expect(complaints).toEqual([]);
    await close();
  });

  it("says that it is not live while the project cannot be read, and is whole again once it can be", async () => {
    const shown = await open(`/flags/${AGENT}`);
    const status = shown.page.locator("#live");
    await until("the page is live", async () => (await status.textContent()) === "live");
    const path = join(root, "Pulumi.yaml");
    const own = await readFile(path, "utf8");
    await writeFile(path, "{");
    try {
      await until("the page says that it is not", async () => (await status.textContent()) !== "live");
      expect(await status.textContent()).toBe("not live: Nothing can be shown. Load the page anew to see why");
      expect(await shown.page.locator("h1").textContent()).toBe(AGENT);
      const faulty = await open(`/flags/${AGENT}`);
      expect([await faulty.page.locator("h1").textContent(), await faulty.page.title()]).toEqual(["Nothing can be shown", "Nothing can be shown · Sluice"]);
      await writeFile(path, own);
      for (const { page } of [shown, faulty]) {
        await until("the page is live again", async () => (await page.locator("#live").textContent()) === "live");
        expect([await page.locator("h1").textContent(), await page.title()]).toEqual([AGENT, `${AGENT} · Sluice`]);
        expect(await page.locator("#fault").count()).toBe(0);
        expect(await page.locator(".stand .card").count()).toBe(3);
      }
      await faulty.close();
    } finally {
      await writeFile(path, own);
      await shown.close();
    }
  });

  it("keeps open what was opened, by what it is called, where others go", async () => {
    const { page, close } = await open(`/flags/${AGENT}`);
    const names = page.locator(".stand details.ways summary .sr");
    const isOpen = async (name: string) => (await page.locator("details[open]", { hasText: name }).count()) > 0;
    expect(await names.allTextContents()).toEqual(expect.arrayContaining([" of the gate soak in staging", " of the gate review in staging"]));
    await page.locator("summary", { hasText: "of the gate review in staging" }).click();
    const before = page.locator("details.ways", { hasText: "of the gate soak in staging" });
    const now = new Date();
    await writeRecord(root, "dev", { [AGENT]: 100, TRANSCRIPTS_ENABLED: 0 }, { [AGENT]: new Date(now.getTime() - 48 * 3_600_000).toISOString() });
    await until("the soak is over", async () => (await before.count()) === 0);
    expect(await isOpen("of the gate review in staging")).toBe(true);
    expect(await page.locator(".stand details.ways[open]").count()).toBe(1);
    await close();
  });

  it("draws what Traefik counts on", async () => {
    const { page, close } = await open(`/flags/${AGENT}`);
    const drawn = () => page.locator("section.measures").innerHTML();
    const before = await drawn();
    await until("the plots are others", async () => (await drawn()) !== before);
    await close();
  });

  it.each(["POST", "DELETE"])("refuses %s", async (method) => {
    expect((await ask(board.url, { method, path: "/" })).status).toBe(405);
  });

  it("refuses who was led here by another name", async () => {
    expect(await ask(board.url, { path: "/", headers: { host: `evil.example:${port}` } })).toMatchObject({ status: 421 });
  });

  it("listens on loopback only", async () => {
    expect(board.url).toBe(`http://127.0.0.1:${port}`);
    await expect(serveBoard(root, port, () => undefined)).rejects.toThrow(
      `The board cannot listen on port ${port}: listen EADDRINUSE: address already in use 127.0.0.1:${port}. Another one: npx sluice board --port ${port + 1}`,
    );
  });
});

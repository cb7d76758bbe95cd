import { mkdtemp, readFile, rm } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import type { Browser } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { AGENT, SECRETS, writeBoardProject } from "../support/board-project.ts";
import { findAxeViolations, findChromium, launchChromium, openPage } from "../support/browser.ts";
import { runSluice } from "../support/run-sluice.ts";

const chromium = await findChromium();
if (chromium === null) process.stderr.write("test/board is left out: there is no Chromium; apt-get install chromium\n");

let root: string;
let file: string;
beforeAll(async () => {
  root = await mkdtemp(join(tmpdir(), "sluice-report-"));
  file = join(root, "report.html");
  await writeBoardProject(root, new Date(), {
    port: 12_700,
    description: "<script>alert(1)</script> & more",
    settings: { dev: { overrides: { [AGENT]: `see ${SECRETS[1] ?? ""}` } } },
  });
});
afterAll(() => rm(root, { recursive: true, force: true }));

const sluice = (...args: readonly string[]) => runSluice(["-C", root, "report", ...args]);

describe("sluice report", () => {
  it("writes one file that holds everything and no secret", async () => {
    expect(await sluice("--output", file)).toEqual({ code: 0, stdout: `${file} written`, stderr: "" });
    const text = await readFile(file, "utf8");
    expect(text).not.toMatch(/<script|<link rel="stylesheet"|\ssrc=|url\(|@import/);
    expect(text.match(/href="[^#][^"]*"/g)).toEqual(['href="data:,"']);
    for (const secret of SECRETS) expect(text).not.toContain(secret);
    expect(text).toContain("&lt;script&gt;alert(1)&lt;/script&gt; &amp; more");
    expect(text).toContain('<article id="flag-TRANSCRIPTS_ENABLED"');
  });

  it("has one flag alone where it is asked to, and goes to the terminal's output", async () => {
    const { code, stdout } = await sluice("--flag", "TRANSCRIPTS_ENABLED");
    expect(code).toBe(0);
    expect(stdout).toContain('<article id="flag-TRANSCRIPTS_ENABLED"');
    expect(stdout).not.toContain(`<article id="flag-${AGENT}"`);
  });

  it("names the nearest of a flag that is not there", async () => {
    expect(await sluice("--flag", "AGENT")).toEqual({ code: 2, stdout: "", stderr: "There is no flag AGENT; there is AGENT_ENABLED, TRANSCRIPTS_ENABLED." });
    expect((await sluice("--flag", "AGENT_ENABLE")).stderr).toBe(
      "There is no flag AGENT_ENABLE; there is AGENT_ENABLED, TRANSCRIPTS_ENABLED. Did you mean AGENT_ENABLED?",
    );
  });
});

describe.skipIf(chromium === null)("the report in a real Chromium", () => {
  let browser: Browser;
  beforeAll(async () => {
    await sluice("--output", file);
    browser = await launchChromium(chromium ?? "");
  });
  afterAll(() => browser.close());

  it.each((["light", "dark"] as const).flatMap((scheme) => [360, 1280].map((width) => [scheme, width] as const)))(
    "opens from its file in %s at %d px, asks for nothing, is accessible and fits",
    async (colorScheme, width) => {
      const url = pathToFileURL(file).href;
      const { page, complaints, requests, close } = await openPage(browser, url, { colorScheme, viewport: { width, height: 800 } });
      await page.evaluate("document.querySelectorAll('details').forEach((one) => { one.open = true; })");
      expect(await page.evaluate("getComputedStyle(document.body).maxWidth")).toBe("1360px");
      expect(requests.filter((one) => !one.startsWith("data:"))).toEqual([url]);
      expect(await findAxeViolations(page)).toEqual([]);
      expect(await page.evaluate("document.documentElement.scrollWidth - document.documentElement.clientWidth")).toBe(0);
      expect(complaints).toEqual([]);
      await close();
    },
  );
});

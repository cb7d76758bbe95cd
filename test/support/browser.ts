import axe from "axe-core";
import { execa } from "execa";
import { type Browser, type BrowserContext, type BrowserContextOptions, chromium, type Page } from "playwright-core";

const NAMES = ["chromium", "chromium-browser", "google-chrome"];

/** The path of a Chromium to test with; null where there is none. */
export async function findChromium(): Promise<string | null> {
  for (const name of NAMES) {
    const found = await execa("which", [name], { reject: false });
    if (found.exitCode === 0) return found.stdout.trim();
  }
  return null;
}

/** Starts it so that it speaks to no one but who is asked. */
export function launchChromium(path: string): Promise<Browser> {
  const quiet = ["--disable-quic", "--no-first-run", "--disable-background-networking", "--disable-component-update", "--disable-sync"];
  return chromium.launch({ executablePath: path, headless: true, args: ["--no-sandbox", "--disable-gpu", ...quiet] });
}

/** A page with everything that it complained of: errors, violations of its policy, requests that failed or went elsewhere. */
export interface Watched {
  readonly page: Page;
  readonly complaints: readonly string[];
  /** Addresses of everything that it asked for. */
  readonly requests: readonly string[];
  readonly close: () => Promise<void>;
}

export async function openPage(browser: Browser, url: string, options: BrowserContextOptions = {}): Promise<Watched> {
  const context: BrowserContext = await browser.newContext(options);
  const page = await context.newPage();
  const complaints: string[] = [];
  const requests: string[] = [];
  page.on("console", (message) => complaints.push(message.text()));
  page.on("pageerror", (error) => complaints.push(error.message));
  page.on("request", (request) => requests.push(request.url()));
  page.on("response", (response) => {
    if (response.status() >= 400) complaints.push(`${response.status()} ${response.url()}`);
  });
  await page.goto(url);
  return { page, complaints, requests, close: () => context.close() };
}

/** What axe-core finds wrong with a page as it is, each rule with where. */
export async function findAxeViolations(page: Page): Promise<string[]> {
  await page.evaluate(axe.source);
  const found: unknown = await page.evaluate(
    `axe.run(document).then(({ violations }) => violations.map(({ id, nodes }) => id + ": " + nodes.map(({ html, any }) => html.slice(0, 160) + " (" + any.map(({ message }) => message).join("; ") + ")").join(" | ")))`,
  );
  return Array.isArray(found) ? found.map(String) : [String(found)];
}

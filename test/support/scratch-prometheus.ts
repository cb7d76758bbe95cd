import { mkdtemp, rm, writeFile } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { execa } from "execa";
import { stringify } from "yaml";
import { ask } from "../../src/net/ask.ts";
import { freePort } from "./scratch-traefik.ts";
import { until } from "./wait.ts";

/** A real Prometheus that scrapes one Traefik every 200 ms. */
export interface ScratchPrometheus {
  readonly url: string;
  stop(): Promise<void>;
}

/** Whether there is a Prometheus to test with. */
export async function hasPrometheus(): Promise<boolean> {
  return (await execa("prometheus", ["--version"], { reject: false })).exitCode === 0;
}

/** @param admin address of the Traefik to scrape */
export function startScratchPrometheus(admin: string): Promise<ScratchPrometheus> {
  return startPrometheus({ scrape_configs: [{ job_name: "traefik", static_configs: [{ targets: [new URL(admin).host] }] }] });
}

/**
 * Starts a real Prometheus that scrapes every 200 ms, and evaluates its rules twice a second.
 * @param config what it has to scrape
 * @param rules the text of a rule file
 */
export async function startPrometheus(config: { readonly scrape_configs: readonly object[] }, rules = ""): Promise<ScratchPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-prometheus-"));
  const global = { scrape_interval: "200ms", scrape_timeout: "200ms", evaluation_interval: "500ms" };
  await writeFile(join(folder, "rules.yml"), rules);
  await writeFile(join(folder, "prometheus.yml"), stringify({ global, rule_files: ["rules.yml"], ...config }));
  const port = await freePort();
  const child = execa(
    "prometheus",
    [`--config.file=${join(folder, "prometheus.yml")}`, `--storage.tsdb.path=${join(folder, "data")}`, `--web.listen-address=127.0.0.1:${port}`],
    { reject: false, stdio: "ignore" },
  );
  const url = `http://127.0.0.1:${port}`;
  await until("Prometheus is ready", async () => (await ask(url, { path: "/-/ready" })).status === 200);
  return {
    url,
    async stop() {
      child.kill();
      await child;
      await rm(folder, { recursive: true, force: true });
    },
  };
}

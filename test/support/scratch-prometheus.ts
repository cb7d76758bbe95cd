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
export async function startScratchPrometheus(admin: string): Promise<ScratchPrometheus> {
  const folder = await mkdtemp(join(tmpdir(), "sluice-prometheus-"));
  const scrape = { job_name: "traefik", static_configs: [{ targets: [new URL(admin).host] }] };
  await writeFile(join(folder, "prometheus.yml"), stringify({ global: { scrape_interval: "200ms", scrape_timeout: "200ms" }, scrape_configs: [scrape] }));
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

import { type Command, Option } from "commander";
import type { MetricsOptions } from "../actions/metrics.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("metrics")
    .description("what Prometheus cannot know from Traefik: exposures, drift, kills, soak, expiry, drills; in its text format")
    .option("-s, --stage <stage...>", "the stages; all, when left out")
    .addOption(new Option("-o, --output <file>", "write a file in one step, for node_exporter's textfile collector").conflicts("listen"))
    .option("-l, --listen <address>", "serve /metrics on host:port until it is ended")
    .addHelpText(
      "after",
      examples(
        ["sluice metrics --stage production", "print them once"],
        ["sluice metrics --output /var/lib/prometheus/node-exporter/sluice.prom", "from a timer"],
        ["sluice metrics --listen 127.0.0.1:9469", "for Prometheus to scrape"],
      ),
    )
    .action(async (options: MetricsOptions) => {
      context.exitWith(await (await import("../actions/metrics.ts")).metrics(context.root(), options));
    });
}

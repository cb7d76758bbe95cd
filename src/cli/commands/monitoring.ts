import type { Command } from "commander";
import type { MonitoringOptions } from "../actions/monitoring.ts";
import type { Context } from "../context.ts";
import { examples } from "../examples.ts";

export function register(program: Command, context: Context): void {
  program
    .command("monitoring")
    .description("write a stage's Prometheus rules, scrape config, Alertmanager routes and Grafana dashboards, without the engine")
    .requiredOption("-s, --stage <stage>", "the stage")
    .requiredOption("-o, --output <folder>", "where to write them")
    .addHelpText("after", examples(["sluice monitoring --stage production --output monitoring/production", "to look at them, or to commit them"]))
    .action(async (options: MonitoringOptions) => {
      context.exitWith(await (await import("../actions/monitoring.ts")).monitoring(context.root(), options));
    });
}

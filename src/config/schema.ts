import { z } from "zod";
import { address, duration, flagName, label, priority, rule, share } from "./atoms.ts";
import { docker } from "./docker-schema.ts";
import { kubernetes } from "./kubernetes-schema.ts";
import { local } from "./local-schema.ts";
import { monitoring } from "./monitoring-schema.ts";

const metric = z.discriminatedUnion(
  "kind",
  [
    z.strictObject({
      kind: z.literal("error-ratio").describe("Answers with a status of 500 and above"),
      limit: share.optional().describe("Highest share for the variant with the flag"),
      compare: z.boolean().default(true).describe("Hold it against the variant without the flag"),
    }),
    z.strictObject({
      kind: z.literal("latency").describe("Answers slower than the limit"),
      quantile: share.default(0.99).describe("Share of requests that must be answered within the limit"),
      limit: duration.describe("For the quantile"),
      compare: z.boolean().default(true).describe("Hold the share of slow answers against the variant without the flag"),
    }),
    z.strictObject({
      kind: z.literal("ratio").describe("Bad events among all, by two counters in PromQL"),
      bad: z.string().min(1).describe("Query for the bad ones; $variant stands for Traefik's services of one side, $stage for the stage"),
      total: z.string().min(1).describe("Query for all"),
      limit: share.optional().describe("Highest share for the variant with the flag"),
      compare: z.boolean().default(true).describe("Hold it against the variant without the flag"),
    }),
    z.strictObject({
      kind: z.literal("value").describe("One number in PromQL, held against bounds only"),
      query: z.string().min(1).describe("$variant stands for Traefik's services with the flag, $stage for the stage"),
      min: z.number().optional(),
      max: z.number().optional(),
      failures: z.int().min(1).default(3).describe("Times in a row out of bounds that make a breach"),
    }),
  ],
  "error-ratio, latency, ratio or value",
);

/** One duration, or one by stage. */
const byStage = z.union([duration, z.record(label, duration)], "a duration such as 30s, 10m, 24h or 7d, or one by stage");

const watch = z.strictObject({
  duration: byStage.prefault("10m").describe("How long each step of a promotion is watched before the next; one duration, or one by stage"),
  interval: duration.prefault("10s").describe("Between two samples; 1s at least"),
  patience: duration.prefault("1h").describe("How long a promotion holds for facts that do not come before it ends"),
  minimumRequests: z.int().min(1).default(20).describe("Requests that each variant must have answered in a step before it is judged"),
  falseAlarmRate: z.number().gt(0).max(0.5).default(0.01).describe("Highest probability of rolling back a flag that changes nothing, per promotion"),
  metrics: z
    .record(label, metric)
    .default({ errors: { kind: "error-ratio", compare: true } })
    .describe("What is judged, by a name of your choice"),
});

const moment = z.string().regex(/^(mon|tue|wed|thu|fri|sat|sun) ([01]\d|2[0-3]):[0-5]\d$/, "a moment of the week such as fri 16:00");

const freeze = z.strictObject({
  name: z.string().min(1).describe("What people call it"),
  stages: z.array(label).min(1).optional().describe("The stages that it holds for; all, when left out"),
  timeZone: z.string().min(1).describe("IANA name, such as Europe/Berlin"),
  weekly: z.strictObject({ from: moment, to: moment }).optional().describe("Every week, such as {from: fri 16:00, to: mon 08:00}"),
  dates: z
    .array(z.union([z.iso.date(), z.strictObject({ from: z.iso.date(), to: z.iso.date() })], "a day such as 2026-12-24, or {from, to}"))
    .default([])
    .describe("Whole days, single or from and to"),
  holidays: z
    .strictObject({
      country: z.string().regex(/^[A-Z]{2}$/, "an ISO 3166 code such as DE"),
      region: z.string().min(1).optional().describe("Such as BY for Bavaria"),
    })
    .optional()
    .describe("The public holidays of a country"),
});

const gatedRoute = z.strictObject({
  rule,
  service: label.describe("Where the route leads; one of the flag's services"),
  priority: priority.optional(),
});

const flag = z.strictObject({
  description: z.string().min(1).describe("What people see when the flag is on"),
  owner: z.string().min(1).describe("Who decides over the flag"),
  expires: z.iso.date().describe("Last day on which exposure may be raised; YYYY-MM-DD, in UTC"),
  services: z.array(label).min(1).describe("The services that read the flag"),
  routes: z.record(label, gatedRoute).default({}).describe("Routes that exist only while the exposure is above 0"),
  requires: z.array(flagName).default([]).describe("Flags that must be on at least as far as this one"),
  soak: byStage.prefault("0s").describe("How long it must have been fully on in a stage before the next may raise it; one duration, or one by stage"),
  drill: duration.optional().describe("How old the last rehearsed rollback may be when it is raised"),
  review: z.boolean().default(false).describe("Whether someone other than the author must approve a raise"),
  watch: watch.prefault({}).describe("How a promotion watches its steps"),
});

const service = z.strictObject({
  rule,
  priority: priority.optional(),
  delivery: z
    .enum(["env", "header"])
    .default("env")
    .describe("env: one workload for each variant, flags in its environment. header: one workload, flags in request headers"),
  command: z.array(z.string().min(1)).default([]).describe("How `sluice serve` starts one process of the service"),
});

const cookie = z.strictObject({
  secure: z.boolean().default(false).describe("Send bucket cookies over HTTPS only"),
  domain: z
    .string()
    .max(253)
    .regex(/^\.?[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?(\.[A-Za-z0-9]([A-Za-z0-9-]*[A-Za-z0-9])?)*$/, "a domain such as shop.example")
    .optional()
    .describe("Share buckets between the hosts of this domain"),
  maxAge: z.int().min(60).default(31_536_000).describe("Seconds that a visitor keeps the bucket"),
});

/** The value of `sluice:catalog`, as a person writes it. */
export const catalogSchema = z.strictObject({
  stages: z.array(label).min(1).describe("Stages in the order of promotion; each is a Pulumi stack"),
  steps: z.array(z.int().min(1).max(100)).min(1).describe("Allowed exposures in per cent, ascending, the last one 100"),
  cookie: cookie.prefault({}).describe("Attributes of the bucket cookies"),
  freezes: z.array(freeze).default([]).describe("When exposure may not be raised"),
  services: z.record(label, service).refine((services) => Object.keys(services).length > 0, "at least one service"),
  flags: z.record(flagName, flag),
});

const percentage = z.number().min(0).max(100).describe("Per cent of visitors: 0 or one of the catalogue's steps");

/** The value of one entry of `sluice:flags`. */
const setting = z.union(
  [
    z.boolean().describe("true for everyone, false for no one"),
    percentage,
    z.strictObject({
      exposure: percentage.default(0),
      testers: z.boolean().default(false).describe("On for requests that carry the tester secret, whatever the exposure"),
      settled: z.boolean().default(false).describe("At 100: the variant without the flag need not stay warm"),
    }),
  ],
  "false, true, a percentage, or an object; see docs/configuration.md",
);

const kill = z.union(
  [z.literal(true).describe("The flag is off, whatever its setting"), z.array(label).min(1).describe("Only these gated routes are taken away")],
  "true, or a list of the flag's routes",
);

/** The keys of the namespace `sluice:` in a stage's own file. */
export const stageSchema = z.strictObject({
  target: z.enum(["local", "docker", "kubernetes"]).default("local").describe("Where the stage runs; its key of the same name says the rest"),
  flags: z.record(flagName, setting).default({}).describe("What this stage says of each flag; without a setting it is off"),
  kill: z.record(flagName, kill).default({}).describe("Flags forced off, or some of their routes taken away"),
  overrides: z.record(flagName, z.string().trim().min(10)).default({}).describe("For a flag, the reason for which the gates do not hold; shown in the outputs"),
  approvals: z
    .record(flagName, z.strictObject({ by: z.string().min(1), exposure: percentage.default(100) }))
    .default({})
    .describe("For a flag with review: who approved it, and up to which exposure"),
  differs: z
    .record(z.string(), z.string().trim().min(10))
    .default({})
    .describe("By path of a setting: why this stage differs from others in it; read by sluice parity"),
  prometheus: address.optional().describe("The Prometheus that has this stage's metrics; Traefik's own endpoint, when left out"),
  monitoring: monitoring.default(false).describe("Prometheus rules, scrape config, Alertmanager routes and Grafana dashboards of the stage"),
  webhook: address.optional().describe("Where operations are told of, in Slack's format. Set it with pulumi config set --secret webhook"),
  testerSecret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,128}$/, "16 to 128 letters, digits, _ or -")
    .optional()
    .describe("Set it with pulumi config set --secret testerSecret"),
  local: local.optional().describe("Ports and folder of the local target"),
  docker: docker.optional().describe("The Docker engine and what it runs"),
  kubernetes: kubernetes.optional().describe("The clusters and what they run"),
});

export type FlagInput = z.output<typeof flag>;
export type CatalogInput = z.output<typeof catalogSchema>;
export type StageInput = z.output<typeof stageSchema>;
export type MonitoringInput = StageInput["monitoring"];
export type SettingInput = z.output<typeof setting>;

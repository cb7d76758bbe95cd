import { z } from "zod";

/** Names of stages, services and routes: one DNS label without a double hyphen, which separates parts of derived names. */
const label = z
  .string()
  .max(30)
  .regex(/^(?!constructor$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "a lower-case name such as voice-api");
const flagName = z
  .string()
  .max(60)
  .regex(/^(?!BASE$)[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/, "an environment-variable name such as MY_FLAG, other than BASE");
const rule = z.string().min(1).describe("A Traefik 3 router rule, such as PathPrefix(`/voice`)");
const priority = z.int().min(1).max(1_000_000).describe("Beats the default priority, the length of the rule");
const port = z.int().min(1).max(65_535);

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
  domain: z.string().min(1).optional().describe("Share buckets between the hosts of this domain"),
  maxAge: z.int().min(60).default(31_536_000).describe("Seconds that a visitor keeps the bucket"),
});

/** The value of `sluice:catalog`, as a person writes it. */
export const catalogSchema = z.strictObject({
  stages: z.array(label).min(1).describe("Stages in the order of promotion; each is a Pulumi stack"),
  steps: z.array(z.int().min(1).max(100)).min(1).describe("Allowed exposures in per cent, ascending, the last one 100"),
  cookie: cookie.prefault({}).describe("Attributes of the bucket cookies"),
  services: z.record(label, service).refine((services) => Object.keys(services).length > 0, "at least one service"),
  flags: z.record(flagName, flag),
});

const percentage = z.number().min(0).max(100).describe("Per cent of visitors: 0 or one of the catalogue's steps");

/** The value of one entry of `sluice:flags`. */
const setting = z.union([
  z.boolean().describe("true for everyone, false for no one"),
  percentage,
  z.strictObject({
    exposure: percentage.default(0),
    testers: z.boolean().default(false).describe("On for requests that carry the tester secret, whatever the exposure"),
    settled: z.boolean().default(false).describe("At 100: the variant without the flag need not stay warm"),
  }),
]);

const kill = z.union([
  z.literal(true).describe("The flag is off, whatever its setting"),
  z.array(label).min(1).describe("Only these gated routes are taken away"),
]);

const local = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").describe("Address on which Traefik takes requests"),
  port: port.describe("Port on which Traefik takes requests"),
  adminPort: port.describe("Port of Traefik's API, on loopback only"),
  workloadPorts: z.record(label, port).describe("First port of each service's workloads"),
  directory: z.string().min(1).optional().describe("Where the documents are written; .sluice/<stage> by default"),
});

/** The keys of the namespace `sluice:` in a stage's own file. */
export const stageSchema = z.strictObject({
  target: z.enum(["local"]).default("local").describe("Where the stage runs"),
  flags: z.record(flagName, setting).default({}).describe("What this stage says of each flag; without a setting it is off"),
  kill: z.record(flagName, kill).default({}).describe("Flags forced off, or some of their routes taken away"),
  overrides: z
    .record(flagName, z.string().trim().min(10))
    .default({})
    .describe("For a flag, the reason for which the order of stages and the expiry do not hold; shown in the outputs"),
  testerSecret: z
    .string()
    .regex(/^[A-Za-z0-9_-]{16,128}$/, "16 to 128 letters, digits, _ or -")
    .optional()
    .describe("Set it with pulumi config set --secret testerSecret"),
  local: local.optional().describe("Ports and folder of the local target"),
});

export type CatalogInput = z.output<typeof catalogSchema>;
export type StageInput = z.output<typeof stageSchema>;
export type SettingInput = z.output<typeof setting>;

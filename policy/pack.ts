import { dirname, resolve } from "node:path";
import { type PolicyConfigSchema, PolicyPack, type StackValidationArgs, type StackValidationPolicy } from "@pulumi/policy";
import { readDrills } from "../src/config/read-drills.ts";
import { findRecord } from "../src/plan/stage-record.ts";
import { readCatalog } from "./read-catalog.ts";
import { missingDrill, movingImages, unownedExposures } from "./rules.ts";
import { waysToTraefikApi } from "./ways-to-traefik-api.ts";

/** Days, where a pack's own config (`--policy-pack-config`) says nothing. */
const LONGEST_FLAG = 400;
const LONGEST_DRILL = 30;

/** What a policy's config may say. */
interface PackConfig {
  readonly days?: number;
  readonly project?: string;
}

const project = { type: "string" as const, default: ".", description: "Folder of Pulumi.yaml and drills/, from the folder that the pack lies in." };
const days = (description: string, standard: number) => ({ type: "number" as const, minimum: 1, default: standard, description });

function projectFolder({ project: folder = "." }: PackConfig): string {
  return resolve(dirname(import.meta.dirname), folder);
}

function stageOf({ resources }: StackValidationArgs): string {
  return /^urn:pulumi:([^:]+)::/.exec(resources[0]?.urn ?? "")?.[1] ?? "";
}

function exposuresOf({ resources }: StackValidationArgs): Readonly<Record<string, number>> {
  return findRecord(resources.map(({ urn, props }) => [urn, props] as const))?.exposures ?? {};
}

/** A policy that tells a text for each fault that it finds. */
function policy(
  name: string,
  description: string,
  findFaults: (args: StackValidationArgs) => readonly string[] | Promise<readonly string[]>,
  configSchema: PolicyConfigSchema = { properties: {} },
): StackValidationPolicy {
  return {
    name,
    description,
    enforcementLevel: "mandatory",
    configSchema,
    async validateStack(args, report) {
      for (const fault of await findFaults(args)) report(fault);
    },
  };
}

const policies: StackValidationPolicy[] = [
  policy(
    "exposure-has-owner-and-expiry",
    "Who sees a flag sees something that a team answers for, and that has a last day.",
    async (args) => {
      const config = args.getConfig<PackConfig>();
      const { flags } = await readCatalog(projectFolder(config));
      return unownedExposures(exposuresOf(args), flags, config.days ?? LONGEST_FLAG, new Date());
    },
    { properties: { project, days: days("Days from today to a flag's last day at most.", LONGEST_FLAG) } },
  ),
  policy("images-by-digest", "An image that runs is named by what is in it.", ({ resources }) => movingImages(resources)),
  policy("admin-on-loopback", "Traefik's API, which tells every route, is reached from its own machine or cluster alone.", ({ resources }) =>
    waysToTraefikApi(resources),
  ),
  policy(
    "production-after-a-drill",
    "The last stage shows a flag only where the rollback was rehearsed not long ago.",
    async (args) => {
      const config = args.getConfig<PackConfig>();
      const [stage, { stages }] = [stageOf(args), await readCatalog(projectFolder(config))];
      if (stages.at(-1) !== stage) return [];
      const fault = missingDrill(stage, exposuresOf(args), await readDrills(projectFolder(config)), config.days ?? LONGEST_DRILL, new Date());
      return fault === null ? [] : [fault];
    },
    { properties: { project, days: days("Days that a drill counts.", LONGEST_DRILL) } },
  ),
];

new PolicyPack("sluice", { description: "What a stage of Sluice must hold beyond its own gates", policies });

import { z } from "zod";
import { STANDARD_MONITORING } from "../model/settings.ts";
import { address } from "./atoms.ts";

/** Label matchers of PromQL without their braces. */
const matchers = z
  .string()
  .max(500)
  .regex(/^[a-zA-Z_]\w*(=~|!~|!=|=)"[^"\\\n]*"(, *[a-zA-Z_]\w*(=~|!~|!=|=)"[^"\\\n]*")*$/, 'label matchers of PromQL such as job="traefik"');

const monitoringDetails = z.strictObject({
  objective: z
    .number()
    .gt(0)
    .lt(1)
    .default(STANDARD_MONITORING.objective)
    .describe("Share of the requests of each variant that must succeed; the rest is the error budget"),
  minimumRequests: z.int().min(1).default(STANDARD_MONITORING.minimumRequests).describe("Requests in a window below which nothing is said of it"),
  selector: matchers.optional().describe('How Prometheus finds the stage\'s Traefik; stage="<stage>", which our scrape config adds, when left out'),
  facts: z
    .string()
    .regex(/^[a-zA-Z0-9.:[\]-]+:\d{1,5}$/, "host:port such as 127.0.0.1:9469")
    .optional()
    .describe("Where sluice metrics --listen listens; left out where node_exporter brings the facts"),
  runbooks: address.optional().describe("Address of docs/monitoring.md for people; its path, when left out"),
});

/** The value of `sluice:monitoring`. */
export const monitoring = z.union(
  [
    z.boolean().describe("true for the defaults, false for none"),
    z.enum(["true", "false"]).describe("The same, as pulumi config set writes it"),
    monitoringDetails,
  ],
  "true, false, or an object; see docs/monitoring.md",
);

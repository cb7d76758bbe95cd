import { z } from "zod";
import { label, port } from "./atoms.ts";

/** The value of `sluice:local`. */
export const local = z.strictObject({
  host: z.string().min(1).default("127.0.0.1").describe("Address on which Traefik takes requests"),
  port: port.describe("Port on which Traefik takes requests"),
  adminPort: port.describe("Port of Traefik's API, on loopback only"),
  workloadPorts: z.record(label, port).describe("First port of each service's workloads"),
  directory: z.string().min(1).optional().describe("Where the documents are written; .sluice/<stage> by default"),
});

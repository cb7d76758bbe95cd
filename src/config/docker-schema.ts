import { z } from "zod";
import { isImageName } from "../model/docker-target.ts";
import { address, argument, duration, environment, label, path, port } from "./atoms.ts";

/** A time that an engine is told of: it takes less than any that can be written. */
const atMostAnHour = duration.refine((milliseconds) => milliseconds <= 3_600_000, "1h at most");
const image = z.string().min(1).max(500).refine(isImageName, "the name of an image in lower case, such as ghcr.io/shop/voice:1.4.2");

const container = z.strictObject({
  image: image.describe("Best by digest; a new image is a new container beside the old one"),
  command: z.array(argument).default([]).describe("Instead of the image's own"),
  port: port.default(8080).describe("Port on which the container listens, inside the stage's network"),
  replicas: z.int().min(1).max(100).default(1).describe("Containers of each variant; any variant must carry all visitors"),
  healthPath: path
    .optional()
    .describe("Path that answers with 200 once the container can take visitors; / when left out, and none where a healthCommand is given"),
  healthCommand: z
    .array(argument.min(1))
    .default([])
    .describe("The check, run inside the container; wget of healthPath, which the image must have, when left out"),
  healthInterval: atMostAnHour.prefault("2s").describe("Between two checks; shorter than ready"),
  ready: atMostAnHour.prefault("30s").describe("How long a new container may take to become healthy; 1h at most"),
  env: environment.default({}).describe("Environment beside the flags; no secrets"),
  memory: z.int().min(6).default(256).describe("Mebibytes at most"),
  cpus: z.number().min(0.01).max(256).default(1).describe("Cores at most"),
  user: z
    .string()
    .regex(/^[1-9]\d*(:[1-9]\d*)?$/, "a user ID other than root's, such as 65532:65532")
    .default("65532:65532")
    .describe("User and group ID of the process"),
  drain: atMostAnHour.prefault("10s").describe("How long a container may take to end what it has begun"),
});

const registry = z.strictObject({
  address: z
    .string()
    .regex(/^[a-z0-9.-]+(:\d+)?$/, "a registry's host such as ghcr.io")
    .describe("Host of the registry"),
  username: z.string().min(1),
  password: z.string().min(1).describe("Set it with pulumi config set --secret --path 'docker.registries[0].password'"),
});

/** The value of `sluice:docker`. */
export const docker = z.strictObject({
  host: z
    .string()
    .regex(/^(unix|tcp|ssh):\/\/\S+$/, "an engine's address such as ssh://deploy@host")
    .optional()
    .describe("The engine; DOCKER_HOST or the local socket, when left out"),
  certPath: z.string().min(1).optional().describe("Folder with ca.pem, cert.pem and key.pem for an engine behind TLS"),
  registries: z.array(registry).default([]).describe("Who pulls, for registries that ask"),
  bind: z
    .string()
    .regex(/^((25[0-5]|2[0-4]\d|1?\d?\d)(\.|$)){4}$/, "an IPv4 address")
    .default("127.0.0.1")
    .describe("Address of the engine's machine on which Traefik takes requests"),
  port: port.describe("Port on which Traefik takes requests"),
  adminPort: port.describe("Port of Traefik's API, on the engine's loopback only"),
  url: address.optional().describe("Where visitors come in; http://<bind>:<port>, when left out"),
  api: address.optional().describe("Traefik's API, such as an ssh tunnel gives; http://127.0.0.1:<adminPort>, when left out"),
  traefikImage: image.default("traefik:v3.7.13").describe("The image of Traefik, 3.7.12 or newer"),
  directory: z.string().min(1).optional().describe("Where the documents are written; .sluice/<stage> by default"),
  movingTags: z.boolean().default(false).describe("Take images by tag also where a digest is asked for: in the last stage"),
  services: z.record(label, container).describe("How the containers of each service run"),
});

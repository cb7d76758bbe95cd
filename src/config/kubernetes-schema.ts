import { z } from "zod";
import { address, duration, environment, flagName, label, path, port } from "./atoms.ts";

const dnsLabel = z
  .string()
  .max(63)
  .regex(/^[a-z0-9]([a-z0-9-]*[a-z0-9])?$/, "a DNS label such as voice-prod");
const quantity = z.string().regex(/^\d+(\.\d+)?(m|k|Ki|M|Mi|G|Gi|T|Ti)?$/, "a quantity such as 250m or 128Mi");
const quantities = z.partialRecord(z.enum(["cpu", "memory", "ephemeral-storage"]), quantity);
const labels = z.record(z.string().min(1).max(317), z.string().max(63));

const cluster = z.strictObject({
  context: z.string().min(1).describe("Context of the kubeconfig"),
  kubeconfig: z.string().min(1).optional().describe("Path of the kubeconfig; KUBECONFIG or ~/.kube/config, when left out"),
  id: z
    .string()
    .regex(/^[0-9a-f]{8}(-[0-9a-f]{4}){3}-[0-9a-f]{12}$/, "a UID")
    .optional()
    .describe("UID of the namespace kube-system: kubectl get namespace kube-system -o jsonpath={.metadata.uid}. Any other cluster is refused"),
  url: address.optional().describe("Where visitors come in; needed by verify, drill and the proof of a rollback"),
  api: address.optional().describe("Traefik's API and metrics, such as a port-forward gives; without it, operations cannot see what Traefik has taken"),
  wave: z.int().min(1).max(100).default(1).describe("Clusters change wave by wave; the next starts when the gates of the one before hold"),
});

const deployed = z.strictObject({
  image: z.string().min(1).max(500).describe("Best by digest; a new image is a new set of pods beside the old one"),
  command: z.array(z.string()).default([]).describe("Instead of the image's entry point"),
  args: z.array(z.string()).default([]).describe("Arguments of the command"),
  port: port.default(8080).describe("Port on which the container listens"),
  replicas: z.int().min(1).max(1_000).default(2).describe("Pods of each variant; any variant must carry all visitors"),
  autoscaling: z
    .strictObject({
      maxReplicas: z.int().min(2).max(1_000).describe("Pods at most; a variant that only waits for visitors has as many, so that it can take everyone"),
      cpuPercent: z.int().min(10).max(95).default(70).describe("Of the requested CPU"),
    })
    .optional()
    .describe("A HorizontalPodAutoscaler for each variant"),
  resources: z
    .strictObject({ requests: quantities.default({}), limits: quantities.default({}) })
    .prefault({})
    .describe("Of one pod"),
  probePath: path.default("/").describe("Path that answers with 200 once a pod can take visitors"),
  env: environment.default({}).describe("Environment beside the flags; no secrets"),
  imagePullSecrets: z.array(dnsLabel).default([]).describe("Names of secrets in the namespace"),
  serviceAccount: dnsLabel.optional().describe("One without any rights is made, when left out"),
  user: z.int().min(1).max(2_147_483_647).default(65_532).describe("User ID of the process; never root"),
  drain: duration.prefault("10s").describe("How long a pod goes on answering after it was told to end"),
});

const existing = z.strictObject({
  flags: z.array(flagName).default([]).describe("The service's flags that are on in these pods; of no meaning with header delivery"),
  selector: labels.refine((selector) => Object.keys(selector).length > 0, "at least one label").describe("Labels of the pods"),
  port: port.default(8080).describe("Port on which they listen"),
});

const traefik = z.strictObject({
  namespace: dnsLabel.default("traefik").describe("Namespace of Traefik's pods"),
  podLabels: labels.default({ "app.kubernetes.io/name": "traefik" }).describe("Labels of Traefik's pods"),
  chartVersion: z.string().min(1).optional().describe("Install Traefik by this version of its official chart; it is there already, when left out"),
  chart: z.string().min(1).optional().describe("Folder of the chart, where the official repository cannot be reached"),
  values: z.record(z.string(), z.unknown()).default({}).describe("Values of the chart"),
});

/** The value of `sluice:kubernetes`. */
export const kubernetes = z.strictObject({
  namespace: dnsLabel.describe("Of everything that Sluice makes; it must be there"),
  clusters: z.record(label, cluster).refine((clusters) => Object.keys(clusters).length > 0, "at least one cluster"),
  output: z.string().min(1).optional().describe("Render files into this folder, for a GitOps repository, and change no cluster"),
  services: z.record(label, deployed).default({}).describe("How Sluice runs a service"),
  existing: z.record(label, z.array(existing).min(1)).default({}).describe("For a service, the pods that others deploy"),
  entryPoints: z.array(dnsLabel).default([]).describe("Traefik's entry points; its default ones, when empty"),
  tlsSecret: dnsLabel.optional().describe("Secret with the certificate of the routes"),
  traefik: traefik.prefault({}).describe("Where Traefik is, or how it is installed"),
  nativeLB: z.boolean().default(false).describe("Lead to a Service's cluster IP and let the cluster spread requests over its pods, not Traefik"),
  readyWithin: duration.prefault("5m").describe("How long `up` waits for the pods of a variant before it ends without leading anyone there"),
  bake: duration.prefault("0s").describe("How long the metrics of a wave's clusters are watched before the next wave; 0s for their routes only"),
  wait: z.boolean().default(true).describe("false only for a cluster without nodes: do not wait until pods are ready"),
});

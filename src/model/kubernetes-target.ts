/** A stage on one or several Kubernetes clusters. */
export interface KubernetesTarget {
  readonly kind: "kubernetes";
  /** The namespace of everything that Sluice makes; the same in every cluster. */
  readonly namespace: string;
  /** By name, at least one. */
  readonly clusters: Readonly<Record<string, Cluster>>;
  /** Folder for rendered files, relative to the project where it is not absolute; null where clusters are changed. */
  readonly output: string | null;
  /** How Sluice runs a service's variants; a service is here or in `existing`. */
  readonly services: Readonly<Record<string, DeployedService>>;
  /** Workloads that others deploy. */
  readonly existing: Readonly<Record<string, readonly ExistingWorkload[]>>;
  /** Traefik's entry points for the routes; empty for Traefik's default ones. */
  readonly entryPoints: readonly string[];
  /** Secret with the certificate of the routes; null for plain HTTP, or TLS at the entry point. */
  readonly tlsSecret: string | null;
  readonly traefik: TraefikOfCluster;
  /** Whether Traefik leads to a Service's cluster IP, and not to its pods. */
  readonly nativeLB: boolean;
  /** How long `up` waits for the pods of a variant, in milliseconds. */
  readonly readyWithin: number;
  /** How long the metrics of one wave's clusters are watched before the next changes, in milliseconds. */
  readonly bake: number;
  /** Whether `up` waits until workloads are ready before it leads visitors there; only for clusters without nodes. */
  readonly wait: boolean;
}

/** One cluster of a stage. */
export interface Cluster {
  /** The kubeconfig file; null for `KUBECONFIG`, or the usual one. */
  readonly kubeconfig: string | null;
  /** The kubeconfig's context. */
  readonly context: string;
  /** UID of the cluster's namespace `kube-system`, by which it is known; null where it is not checked. */
  readonly id: string | null;
  /** Where visitors come in; null where nobody can look from here. */
  readonly url: string | null;
  /** Base URL of Traefik's API; null where it cannot be reached from here. */
  readonly api: string | null;
  /** Clusters change wave by wave, ascending; those of one wave together. */
  readonly wave: number;
}

/** Where Traefik is, or how it is installed. */
export interface TraefikOfCluster {
  /** Namespace of its pods. */
  readonly namespace: string;
  /** Labels of its pods. */
  readonly podLabels: Readonly<Record<string, string>>;
  /** Version of the official chart to install; null where Traefik is there already. */
  readonly chartVersion: string | null;
  /** Where the chart is: a folder, or null for the official repository. */
  readonly chart: string | null;
  /** Values of the chart beside those of Sluice. */
  readonly values: Readonly<Record<string, unknown>>;
}

/** How the variants of a service run. */
export interface DeployedService {
  readonly image: string;
  readonly command: readonly string[];
  readonly args: readonly string[];
  /** Port on which the container listens. */
  readonly port: number;
  /** How many pods each variant has at least; each can carry all visitors. */
  readonly replicas: number;
  readonly autoscaling: { readonly maxReplicas: number; readonly cpuPercent: number } | null;
  readonly resources: Resources;
  /** Path of the readiness and liveness probes. */
  readonly probePath: string;
  /** Environment beside the flags. */
  readonly env: Readonly<Record<string, string>>;
  readonly imagePullSecrets: readonly string[];
  readonly serviceAccount: string | null;
  /** User ID of the container's process. */
  readonly user: number;
  /** Milliseconds that a pod goes on answering after it was told to end. */
  readonly drain: number;
}

/** Requests and limits as Kubernetes writes quantities, such as `250m` and `128Mi`. */
export interface Resources {
  readonly requests: Readonly<Record<string, string>>;
  readonly limits: Readonly<Record<string, string>>;
}

/** Pods that others deploy, and which of the service's flags are on in them. */
export interface ExistingWorkload {
  /** Sorted; of no meaning for a service with `header` delivery. */
  readonly flags: readonly string[];
  /** Labels of the pods. */
  readonly selector: Readonly<Record<string, string>>;
  /** Port on which they listen. */
  readonly port: number;
}

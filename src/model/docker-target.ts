/** A stage on one Docker engine. */
export interface DockerTarget {
  readonly kind: "docker";
  readonly engine: EngineAddress;
  /** Registries that ask who pulls; their passwords are secrets, and go another way. */
  readonly registries: readonly Registry[];
  /** Where Traefik takes requests. */
  readonly bind: string;
  readonly port: number;
  /** Port of Traefik's API, on loopback. */
  readonly adminPort: number;
  /** Where visitors come in. */
  readonly url: string;
  /** Base URL of Traefik's API. */
  readonly api: string;
  /** The image of Traefik. */
  readonly traefikImage: string;
  /** Where the documents go, relative to the project; null for `.sluice/<stage>`. */
  readonly directory: string | null;
  /** Whether images may be named by a tag that moves. */
  readonly movingTags: boolean;
  /** How a service's variants run. */
  readonly services: Readonly<Record<string, ContainerService>>;
}

/** Where a Docker engine is. */
export interface EngineAddress {
  /** Such as `ssh://deploy@host`; null for `DOCKER_HOST`, or the local socket. */
  readonly host: string | null;
  /** Folder with `ca.pem`, `cert.pem` and `key.pem` for an engine behind TLS; null for none. */
  readonly certPath: string | null;
}

export interface Registry {
  /** Such as `ghcr.io`. */
  readonly address: string;
  readonly username: string;
}

/** How the containers of a service run. */
export interface ContainerService {
  readonly image: string;
  readonly command: readonly string[];
  /** Port on which the container listens. */
  readonly port: number;
  /** How many containers each variant has; each variant can carry all visitors. */
  readonly replicas: number;
  /** Path of the health check; null where a command alone can tell. */
  readonly healthPath: string | null;
  /** The check, run inside the container; empty for `wget` of the path, of `/` where there is none. */
  readonly healthCommand: readonly string[];
  /** Milliseconds between two checks. */
  readonly healthInterval: number;
  /** Milliseconds that a new container may take to become healthy. */
  readonly ready: number;
  readonly env: Readonly<Record<string, string>>;
  /** Mebibytes. */
  readonly memory: number;
  /** Cores. */
  readonly cpus: number;
  readonly user: string;
  /** Milliseconds that a container may take to end what it has begun. */
  readonly drain: number;
}

/** Whether an engine is on this machine, so that it can mount a folder of it. */
export function isHere(host: string | null): boolean {
  return host === null || host.startsWith("unix:");
}

/** An engine's address as it may be shown: without a password, which `ssh://user:password@host` would have. */
export function withoutPassword(host: string): string {
  return host.replace(/^(?!unix:)(\w+:\/\/[^:@]*):.*@/, "$1@");
}

/** The labels of everything that a stage has on its engine. */
export function stageLabels(project: string, stage: string): Readonly<Record<string, string>> {
  return { "sluice.project": project, "sluice.stage": stage };
}

const HOST_PART = "[a-zA-Z0-9](?:[a-zA-Z0-9-]*[a-zA-Z0-9])?";
const REGISTRY = `(?:${HOST_PART}(?:\\.${HOST_PART})*|\\[[0-9a-fA-F:]+\\])(?::\\d+)?/`;
const PATH_PART = "[a-z0-9]+(?:(?:\\.|_|__|-+)[a-z0-9]+)*";
const IMAGE = new RegExp(`^(?:${REGISTRY})?${PATH_PART}(?:/${PATH_PART})*(?::\\w[\\w.-]{0,127})?(?:@.*)?$`);

/** Whether an engine takes a name for that of an image, whatever its digest. Source: the grammar of github.com/distribution/reference 0.6. */
export function isImageName(name: string): boolean {
  return IMAGE.test(name);
}

/** Where the container that carries documents to an engine elsewhere has them, by the folder of the stage that they are in. */
export const CARRIED = { traefik: "/documents/traefik", flagd: "/documents/flagd" } as const;

/** The door to a document on an engine elsewhere. @param prefix of the names of the stage's containers */
export function carrierOf(prefix: string, document: keyof typeof CARRIED): { readonly container: string; readonly folder: string } {
  return { container: `${prefix}-carrier`, folder: CARRIED[document] };
}

/** Whether an image is named by what is in it, so that no one can lead the name to another. */
export function isByDigest(image: string): boolean {
  return /@sha256:[0-9a-f]{64}$/.test(image);
}

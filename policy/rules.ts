import { isByDigest } from "../src/model/docker-target.ts";
import { isLoopback } from "../src/model/loopback.ts";

/** What the rules know of a flag, from the catalogue. */
export interface FlagOwnership {
  readonly owner?: string | undefined;
  /** Its last day, as in 2026-01-31. */
  readonly expires?: string | undefined;
}

/** A resource of a preview or an update, as the engine tells it. */
export interface SeenResource {
  readonly type: string;
  readonly name: string;
  readonly props: Readonly<Record<string, unknown>>;
}

const DAY = 86_400_000;
/** Traefik's own default for the entry point of its API. */
const TRAEFIK_API_PORT = 8080;

/**
 * What is exposed without someone who answers for it, or for longer than agreed. A written override lets an expired
 * flag through its gate; it does not let it through here.
 * @param exposures per cent of visitors by flag
 * @param longest days from today to the last day at most
 * @returns one text for each flag that breaks the rule
 */
export function unownedExposures(
  exposures: Readonly<Record<string, number>>,
  flags: Readonly<Record<string, FlagOwnership>>,
  longest: number,
  now: Date,
): string[] {
  return Object.entries(exposures).flatMap(([flag, exposure]) => {
    if (exposure === 0) return [];
    const { owner = "", expires } = flags[flag] ?? {};
    const left = Math.floor((Date.parse(expires ?? "") - now.getTime()) / DAY) + 1;
    const faults = [
      ...(owner.trim() === "" ? ["has no owner"] : []),
      ...(Number.isNaN(left) ? ["has no last day"] : left < 0 ? [`had its last day on ${expires ?? ""}`] : []),
      ...(left > longest ? [`has its last day in ${left} days, ${longest} are allowed`] : []),
    ];
    return faults.map((fault) => `${flag} is on for ${exposure}% of visitors and ${fault}; mend flags.${flag} in Pulumi.yaml, or turn it off`);
  });
}

/** Images that can become others under the same name. @returns one text for each */
export function movingImages(resources: readonly SeenResource[]): string[] {
  return resources.flatMap(({ type, name, props }) =>
    imagesOf(type, props)
      .filter((image) => !isByDigest(image))
      .map((image) => `${name} runs ${image}, whose tag may move; name it by digest, name@sha256:…`),
  );
}

/** The images that a resource runs, as far as they are known before it is made. */
function imagesOf(type: string, props: Readonly<Record<string, unknown>>): string[] {
  if (type === "docker:index/remoteImage:RemoteImage") return [props["name"]].filter(isText);
  if (!/^kubernetes:(apps|batch|core)\//.test(type)) return [];
  const pod = at(props, "spec", "template", "spec") ?? at(props, "spec");
  return ["initContainers", "containers"].flatMap((list) => listAt(pod, list).map((container) => at(container, "image"))).filter(isText);
}

/**
 * Ways to Traefik's API from beyond this machine or this cluster: who reaches it reads every route, testers' secrets included.
 * @returns one text for each
 */
export function openAdmins(resources: readonly SeenResource[]): string[] {
  return resources.flatMap(({ type, name, props }) => waysIn(type, props).map((way) => `${name} ${way}`));
}

function waysIn(type: string, props: Readonly<Record<string, unknown>>): string[] {
  if (type === "sluice-local:index:TraefikFile") {
    const admin = URL.parse(textAt(props, "admin"));
    return admin?.protocol === "http:" && !isLoopback(admin.hostname)
      ? [`speaks to Traefik's API at ${admin.host} in plain text; let it listen on loopback, and reach it through a tunnel or TLS`]
      : [];
  }
  if (type === "docker:index/container:Container") {
    const admin = adminPortOf(listAt(props, "command").filter(isText));
    return listAt(props, "ports")
      .filter((port) => at(port, "internal") === admin && !isLoopback(textAt(port, "ip")))
      .map((port) => `publishes Traefik's API on ${textAt(port, "ip") || "every address"}; publish it on 127.0.0.1`);
  }
  if (type === "kubernetes:core/v1:Service") {
    const kind = textAt(at(props, "spec"), "type");
    const open = kind === "LoadBalancer" || kind === "NodePort";
    return listAt(at(props, "spec"), "ports")
      .filter((port) => open && (at(port, "port") === TRAEFIK_API_PORT || at(port, "targetPort") === "traefik"))
      .map(() => `publishes Traefik's API by a Service of type ${kind}; leave ports.traefik.expose off in the chart's values`);
  }
  if (type.startsWith("kubernetes:traefik.io/") && type.endsWith(":IngressRoute")) {
    const internal = listAt(at(props, "spec"), "routes").some((route) => listAt(route, "services").some((service) => at(service, "name") === "api@internal"));
    return internal ? ["leads visitors to api@internal; take the route out"] : [];
  }
  return [];
}

/** The port of the API of the Traefik that a container runs; null where it runs none. */
function adminPortOf(command: readonly string[]): number | null {
  if (!command.some((argument) => argument.startsWith("--api"))) return null;
  const address = command.map((argument) => /^--entrypoints\.traefik\.address=.*:(\d+)/i.exec(argument)?.[1]).find((port) => port !== undefined);
  return address === undefined ? TRAEFIK_API_PORT : Number(address);
}

/**
 * Whether a stage that shows something has a rehearsed way back.
 * @param drills when a rollback was last rehearsed with success, by stage
 * @param longest days that a drill counts
 * @returns the text of the fault, or null
 */
export function missingDrill(
  stage: string,
  exposures: Readonly<Record<string, number>>,
  drills: Readonly<Record<string, Date>>,
  longest: number,
  now: Date,
): string | null {
  if (Object.values(exposures).every((exposure) => exposure === 0)) return null;
  const newest = Object.values(drills).reduce<Date | null>((last, at) => (last === null || at > last ? at : last), null);
  if (newest !== null && now.getTime() - newest.getTime() <= longest * DAY) return null;
  const last = newest === null ? "no drill is on record" : `the last drill on record was on ${newest.toISOString().slice(0, 10)}`;
  return `${stage} shows a flag, and ${last}; rehearse the rollback within ${longest} days before: npx sluice drill --stage <the stage before ${stage}>`;
}

function at(value: unknown, ...path: readonly string[]): unknown {
  return path.reduce<unknown>((inner, key) => (typeof inner === "object" && inner !== null ? Reflect.get(inner, key) : undefined), value);
}

function textAt(value: unknown, key: string): string {
  const found = at(value, key);
  return isText(found) ? found : "";
}

function listAt(value: unknown, key: string): unknown[] {
  const found = at(value, key);
  return Array.isArray(found) ? found : [];
}

function isText(value: unknown): value is string {
  return typeof value === "string";
}

import type { Catalog } from "../model/catalog.ts";
import { type ContainerService, type DockerTarget, isByDigest, isHere, withoutPassword } from "../model/docker-target.ts";
import type { Fault } from "../model/fault.ts";
import { isLoopback } from "../model/loopback.ts";
import { flagsInEnvironment } from "./environment-rules.ts";
import { unknownKey } from "./schema-faults.ts";

/** What no schema can say of the Docker target: containers for every service, an engine that only we reach, and images that do not move. */
export function dockerFaults(catalog: Catalog, stage: string, target: DockerTarget, plainKeys: readonly string[]): Fault[] {
  const names = Object.keys(catalog.services);
  const faults = Object.keys(target.services)
    .filter((service) => !names.includes(service))
    .map((service) => unknownKey(`docker.services.${service}`, service, names));
  if (target.port === target.adminPort) {
    faults.push({ path: "docker.adminPort", found: `is ${target.adminPort}, as docker.port`, allowed: "another port", wayOut: null });
  }
  faults.push(...engineFaults(target), ...registryFaults(target, plainKeys));
  const isLast = stage === catalog.stages.at(-1);
  faults.push(...imageFaults("docker.traefikImage", target.traefikImage, stage, isLast && !target.movingTags));
  for (const name of names) {
    const path = `docker.services.${name}`;
    const service = Object.hasOwn(target.services, name) ? target.services[name] : undefined;
    if (service === undefined) {
      faults.push({ path, found: "is missing", allowed: "an image", wayOut: `pulumi config set --path ${path}.image <image>` });
      continue;
    }
    faults.push(
      ...healthFaults(path, service),
      ...flagsInEnvironment(catalog, `${path}.env`, service.env),
      ...imageFaults(`${path}.image`, service.image, stage, isLast && !target.movingTags),
    );
  }
  return faults;
}

/** Whoever reaches an engine is root on its machine. */
function engineFaults(target: DockerTarget): Fault[] {
  const { host } = target.engine;
  const shown = host === null ? null : withoutPassword(host);
  if (shown !== host) {
    return [
      {
        path: "docker.host",
        found: "has a password in it, which would stand in file and state in plain text",
        allowed: `${shown ?? ""}, whose ssh logs in by a key or an agent`,
        wayOut: "pulumi config set --path docker.host, with that; and change the password",
      },
    ];
  }
  return [...tlsFaults(target.engine), ...remoteFaults(target)];
}

function tlsFaults({ host, certPath }: DockerTarget["engine"]): Fault[] {
  if (host?.startsWith("tcp:") !== true) {
    return certPath === null
      ? []
      : [{ path: "docker.certPath", found: `is set, but docker.host is ${host ?? "not"}`, allowed: "only with a tcp:// host", wayOut: null }];
  }
  if (certPath !== null || (URL.canParse(host) && isLoopback(new URL(host).hostname))) return [];
  return [
    {
      path: "docker.certPath",
      found: `is missing, and ${host} would be spoken to in plain text`,
      allowed: "a folder with ca.pem, cert.pem and key.pem, or an ssh:// host",
      wayOut: "pulumi config set --path docker.certPath <folder>",
    },
  ];
}

/** A container whose first check comes when its time is over never becomes healthy in time; an engine takes 0 for half a minute. */
function healthFaults(path: string, { healthInterval, ready }: ContainerService): Fault[] {
  if (healthInterval > 0 && healthInterval < ready) return [];
  return [
    {
      path: `${path}.healthInterval`,
      found: `is ${healthInterval} ms, and ready is ${ready} ms`,
      allowed: "longer than 0s and shorter than ready: the first check comes after it",
      wayOut: `pulumi config set --path ${path}.healthInterval 2s`,
    },
  ];
}

function registryFaults({ registries }: DockerTarget, plainKeys: readonly string[]): Fault[] {
  const faults = registries.flatMap(({ address }, index): Fault[] =>
    registries.findIndex((other) => other.address === address) === index
      ? []
      : [{ path: `docker.registries[${index}].address`, found: `is ${address} once more`, allowed: "each registry once", wayOut: null }],
  );
  if (!plainKeys.includes("docker")) return faults;
  return [
    ...faults,
    ...registries.map((_registry, index) => ({
      path: `docker.registries[${index}].password`,
      found: "is stored in plain text",
      allowed: "a secret",
      wayOut: `pulumi config set --secret --path 'docker.registries[${index}].password', with a new value: the old one is in the file`,
    })),
  ];
}

/** @param still whether the image must not move */
function imageFaults(path: string, image: string, stage: string, still: boolean): Fault[] {
  if (image.includes("@") && !isByDigest(image)) {
    return [{ path, found: `is ${image}, whose digest is none`, allowed: "name@sha256: and 64 hexadecimal digits", wayOut: null }];
  }
  if (!still || isByDigest(image)) return [];
  return [
    {
      path,
      found: `is ${image}, whose tag may move`,
      allowed: `an image by digest (name@sha256:...) in ${stage}, or docker.movingTags: true`,
      wayOut: `docker image inspect --format '{{index .RepoDigests 0}}' ${image}`,
    },
  ];
}

/** An engine on another machine asks for addresses that lead there. */
function remoteFaults({ engine: { host }, url, api }: DockerTarget): Fault[] {
  if (isHere(host)) return [];
  const missing = { url, api };
  return (["url", "api"] as const)
    .filter((key) => missing[key] === "")
    .map((key) => ({
      path: `docker.${key}`,
      found: `is missing, and ${host ?? ""} is another machine`,
      allowed: key === "url" ? "the address at which visitors come in" : "an address that leads to Traefik's API there, such as that of an ssh tunnel",
      wayOut: `pulumi config set --path docker.${key} http://...`,
    }));
}

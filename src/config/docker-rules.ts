import type { Catalog } from "../model/catalog.ts";
import type { DockerTarget } from "../model/docker-target.ts";
import type { Fault } from "../model/fault.ts";
import { flagsInEnvironment } from "./environment-rules.ts";
import { unknownKey } from "./schema-faults.ts";

/** What no schema can say of the Docker target: containers for every service, two ports, and images that do not move. */
export function dockerFaults(catalog: Catalog, stage: string, target: DockerTarget): Fault[] {
  const names = Object.keys(catalog.services);
  const faults = Object.keys(target.services)
    .filter((service) => !names.includes(service))
    .map((service) => unknownKey(`docker.services.${service}`, service, names));
  if (target.port === target.adminPort) {
    faults.push({ path: "docker.adminPort", found: `is ${target.adminPort}, as docker.port`, allowed: "another port", wayOut: null });
  }
  for (const name of names) {
    const path = `docker.services.${name}`;
    const service = Object.hasOwn(target.services, name) ? target.services[name] : undefined;
    if (service === undefined) {
      faults.push({ path, found: "is missing", allowed: "an image", wayOut: `pulumi config set --path ${path}.image <image>` });
      continue;
    }
    faults.push(...flagsInEnvironment(catalog, `${path}.env`, service.env));
    if (stage === catalog.stages.at(-1) && !target.movingTags && !service.image.includes("@sha256:")) {
      faults.push({
        path: `${path}.image`,
        found: `is ${service.image}, whose tag may move`,
        allowed: `an image by digest (name@sha256:...) in ${stage}, or docker.movingTags: true`,
        wayOut: `docker image inspect --format '{{index .RepoDigests 0}}' ${service.image}`,
      });
    }
  }
  return faults;
}

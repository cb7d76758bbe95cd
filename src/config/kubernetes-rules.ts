import type { Catalog } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import type { ExistingWorkload, KubernetesTarget } from "../model/kubernetes-target.ts";
import { flagsInEnvironment } from "./environment-rules.ts";
import { unknownKey } from "./schema-faults.ts";

/** What no schema can say of the Kubernetes target: a workload for every service, and none twice. */
export function kubernetesFaults(catalog: Catalog, target: KubernetesTarget): Fault[] {
  const names = Object.keys(catalog.services);
  const unknown = (["services", "existing"] as const).flatMap((key) =>
    Object.keys(target[key])
      .filter((service) => !Object.hasOwn(catalog.services, service))
      .map((service) => unknownKey(`kubernetes.${key}.${service}`, service, names)),
  );
  return [...unknown, ...names.flatMap((service) => serviceFaults(catalog, target, service))];
}

function serviceFaults(catalog: Catalog, target: KubernetesTarget, service: string): Fault[] {
  const path = `kubernetes.services.${service}`;
  const deployed = Object.hasOwn(target.services, service) ? target.services[service] : undefined;
  const existing = Object.hasOwn(target.existing, service) ? target.existing[service] : undefined;
  if (deployed === undefined && existing === undefined) {
    return [
      {
        path,
        found: "is missing",
        allowed: `an image, or pods of others in kubernetes.existing.${service}`,
        wayOut: `pulumi config set --path kubernetes.services.${service}.image <image>`,
      },
    ];
  }
  if (deployed !== undefined && existing !== undefined) {
    return [{ path, found: `is there, and kubernetes.existing.${service} too`, allowed: "one of them", wayOut: `pulumi config rm --path ${path}` }];
  }
  if (existing !== undefined) return existingFaults(catalog, service, existing);
  const faults = flagsInEnvironment(catalog, `${path}.env`, deployed?.env ?? {});
  const most = deployed?.autoscaling?.maxReplicas;
  if (deployed !== undefined && most !== undefined && most < deployed.replicas) {
    faults.push({
      path: `${path}.autoscaling.maxReplicas`,
      found: `is ${most}, below replicas (${deployed.replicas})`,
      allowed: `${deployed.replicas} or more`,
      wayOut: `pulumi config set --path ${path}.autoscaling.maxReplicas ${deployed.replicas}`,
    });
  }
  return faults;
}

function existingFaults(catalog: Catalog, service: string, workloads: readonly ExistingWorkload[]): Fault[] {
  const path = `kubernetes.existing.${service}`;
  if (catalog.services[service]?.delivery === "header") {
    if (workloads.length === 1) return [];
    return [{ path, found: `lists ${workloads.length} workloads`, allowed: "one: with header delivery the same pods serve every variant", wayOut: null }];
  }
  const flags = Object.keys(catalog.flags).filter((flag) => catalog.flags[flag]?.services.includes(service));
  const faults = workloads.flatMap((workload, index) =>
    workload.flags.filter((flag) => !flags.includes(flag)).map((flag) => unknownKey(`${path}[${index}].flags: ${flag}`, flag, flags)),
  );
  const seen = new Map<string, number>();
  for (const [index, workload] of workloads.entries()) {
    const key = workload.flags.join(" ");
    const first = seen.get(key);
    if (first === undefined) seen.set(key, index);
    else faults.push({ path: `${path}[${index}].flags`, found: `are those of ${path}[${first}]`, allowed: "each combination once", wayOut: null });
  }
  return faults;
}

import type { ContainerService, DockerTarget } from "../../model/docker-target.ts";
import { canonicalJson, shortHash } from "../../plan/canonical.ts";
import type { RolloutPlan, Variant } from "../../plan/rollout-plan.ts";
import { variantService } from "../../traefik/names.ts";
import type { LoadBalancer } from "../../traefik/types.ts";
import { type ContainerForm, formOf } from "./container-form.ts";

/** One form of a service, with as many containers as the service has replicas. */
export interface DockerWorkload {
  readonly service: string;
  /** Null where one workload serves all variants. */
  readonly variant: string | null;
  readonly runs: ContainerService;
  readonly form: ContainerForm;
  readonly replicas: readonly Replica[];
}

/** One container. */
export interface Replica {
  /** Its name on the engine, and in the state. */
  readonly name: string;
  /** Its name in the stage's network. */
  readonly alias: string;
}

/**
 * The containers that a plan needs. A name ends in the hash of all that makes its container what it is: one
 * that changes is another one, which starts beside the old, takes over, and only then does the old one end.
 * @param prefix of the names, which other stages on the same engine have not
 * @param mounted what the containers mount
 */
export function workloadsOf(plan: RolloutPlan, target: DockerTarget, prefix: string, mounted: string): DockerWorkload[] {
  return Object.entries(plan.services).flatMap(([service, planned]) => {
    const runs = target.services[service];
    if (runs === undefined) return [];
    if (planned.delivery === "header") return [workload({ prefix, mounted, service, variant: null, runs }, {})];
    return planned.variants.map((variant) => {
      const flags = Object.fromEntries(planned.flags.map((flag) => [flag, String(variant.flags.includes(flag))]));
      return workload({ prefix, mounted, service, variant, runs }, { ...flags, SLUICE_VARIANT: variant.name });
    });
  });
}

interface Unnamed {
  readonly prefix: string;
  readonly mounted: string;
  readonly service: string;
  readonly variant: Variant | null;
  readonly runs: ContainerService;
}

function workload({ prefix, mounted, service, variant, runs }: Unnamed, flags: Readonly<Record<string, string>>): DockerWorkload {
  const form = formOf(runs, { ...runs.env, ...flags, SLUICE_SERVICE: service, PORT: String(runs.port) });
  const hash = shortHash(canonicalJson({ image: runs.image, form, mounted }));
  const name = variant === null ? service : variantService(service, variant.name);
  const replicas = Array.from({ length: runs.replicas }, (_, index) => ({
    name: `${prefix}-${name}-${hash}-${index + 1}`,
    // A part of a host name has 63 letters at most; a service's name has 30.
    alias: `${service}-${hash}-${index + 1}`,
  }));
  return { service, variant: variant?.name ?? null, runs, form, replicas };
}

/** Where Traefik finds a variant. @throws Error when nothing runs it, which is a fault of the plan */
export function balancerOf(workloads: readonly DockerWorkload[], service: string, variant: string): LoadBalancer {
  const found = workloads.find((workload) => workload.service === service && (workload.variant === null || workload.variant === variant));
  if (found === undefined) throw new Error(`no workload for variant ${variant} of ${service}`);
  const { replicas, runs } = found;
  const servers = replicas.map(({ alias }) => ({ url: `http://${alias}:${runs.port}` }));
  const path = runs.healthPath ?? (runs.healthCommand.length > 0 ? null : "/");
  // Where there is but one, an answer that is late is better than none; and a path that nobody named may well answer with 404.
  return replicas.length === 1 || path === null ? { servers } : { servers, healthCheck: { path, interval: "2s", timeout: "2s" } };
}

import type { Catalog } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import type { Target } from "../model/target.ts";
import { dockerFaults } from "./docker-rules.ts";
import { kubernetesFaults } from "./kubernetes-rules.ts";
import { localFaults } from "./local-rules.ts";
import { waveFaults } from "./wave-rules.ts";

/** What no schema can say of where a stage runs. */
export function targetFaults(
  catalog: Catalog,
  stage: string,
  target: Target,
  { plainKeys, prometheus }: { readonly plainKeys: readonly string[]; readonly prometheus: string | null },
): Fault[] {
  switch (target.kind) {
    case "local":
      return localFaults(catalog, target);
    case "docker":
      return dockerFaults(catalog, stage, target, plainKeys);
    case "kubernetes":
      return [...kubernetesFaults(catalog, target), ...waveFaults(target, prometheus)];
    default:
      return target satisfies never;
  }
}

const NEEDS: Readonly<Record<Target["kind"], readonly [allowed: string, wayOut: string]>> = {
  local: ["port, adminPort and workloadPorts", "pulumi config set --path local.port 8100, and so on"],
  docker: ["port, adminPort and services", "pulumi config set --path docker.port 8100, and so on; docs/docker.md"],
  kubernetes: ["namespace, clusters and services", "pulumi config set --path kubernetes.namespace voice, and so on; docs/kubernetes.md"],
};

/** The fault of a stage whose target says nothing more. */
export function missingTarget(kind: Target["kind"]): Fault {
  const [allowed, wayOut] = NEEDS[kind];
  return { path: kind, found: "is missing", allowed, wayOut };
}

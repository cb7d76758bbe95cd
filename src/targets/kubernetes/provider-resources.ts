import * as pulumi from "../../pulumi.ts";
import type { GateArgs } from "./gate-args.ts";

/** The record of a stage, kept in the state alone; see `../local/provider/record.ts`. */
export class Record extends pulumi.CustomResource {
  constructor(name: string, args: { readonly content: string }, opts?: pulumi.CustomResourceOptions) {
    super("sluice-local:index:Record", name, { ...args, since: undefined }, opts);
  }
}

/** Waits until a Deployment has the pods that it needs; see `../local/provider/ready-pods.ts` for each property. */
export class ReadyPods extends pulumi.CustomResource {
  constructor(
    name: string,
    args: {
      readonly cluster: string;
      readonly context: string;
      readonly kubeconfig: string | null;
      readonly namespace: string;
      readonly deployment: string;
      readonly least: number;
      readonly led: readonly string[];
      readonly services: readonly string[];
      readonly limit: number;
    },
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("sluice-local:index:ReadyPods", name, { ...args, led: [...args.led], services: [...args.services], seen: undefined }, opts);
  }
}

/** Waits until the Traefik of a cluster leads by what the cluster has; see `../local/provider/routing-taken.ts` for each property. */
export class RoutingTaken extends pulumi.CustomResource {
  constructor(
    name: string,
    args: {
      readonly cluster: string;
      readonly context: string;
      readonly kubeconfig: string | null;
      readonly namespace: string;
      readonly stage: string;
      readonly api: string;
      readonly versions: pulumi.Input<{ readonly [service: string]: string }>;
    },
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("sluice-local:index:RoutingTaken", name, { ...args, seen: undefined }, opts);
  }
}

/** Lets the next wave of clusters begin once this one serves as planned; see `../../traffic/wave-gate.ts`. */
export class WaveGate extends pulumi.CustomResource {
  constructor(name: string, args: GateArgs, opts?: pulumi.CustomResourceOptions) {
    super("sluice-local:index:WaveGate", name, { ...args, seen: undefined }, opts);
  }
}

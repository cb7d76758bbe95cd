import { at, isText, listAt, podTemplateOf, type SeenResource, textAt } from "./seen-resource.ts";
import { apiPortOf } from "./traefik-api.ts";

/** Pods that a resource of the stack runs. */
export interface SeenPods {
  /** Empty where it is the provider's. */
  readonly namespace: string;
  readonly labels: unknown;
  readonly hostNetwork: boolean;
  readonly ports: readonly unknown[];
  /** The ports on which they offer Traefik's API. */
  readonly apiPorts: readonly number[];
}

/** @returns null where the resource runs no pods */
export function podsOf({ type, props }: SeenResource): SeenPods | null {
  if (!/^kubernetes:(apps|batch|core)\//.test(type)) return null;
  const template = podTemplateOf(props);
  const spec = at(template, "spec");
  const containers = ["initContainers", "containers"].flatMap((list) => listAt(spec, list));
  if (containers.length === 0) return null;
  return {
    namespace: namespaceOf(props),
    labels: at(template, "metadata", "labels"),
    hostNetwork: at(spec, "hostNetwork") === true,
    ports: containers.flatMap((container) => listAt(container, "ports")),
    apiPorts: containers
      .map((container) => apiPortOf(["command", "args"].flatMap((list) => listAt(container, list)).filter(isText)))
      .filter((port) => port !== null),
  };
}

/** Whether a port of pods, by number or by name, is one of Traefik's API. */
export function isApiPort({ ports, apiPorts }: SeenPods, port: unknown): boolean {
  const named = ports.find((one) => at(one, "name") === port);
  const number = isText(port) ? at(named, "containerPort") : port;
  return apiPorts.some((api) => api === number);
}

/** The namespace of an object; empty where it is the provider's. */
export function namespaceOf(props: SeenResource["props"]): string {
  return textAt(at(props, "metadata"), "namespace");
}

/** Whether two namespaces may be the same: the provider's is not known. */
export function mayBeSame(one: string, other: string): boolean {
  return one === "" || other === "" || one === other;
}

import { isApiPort, mayBeSame, namespaceOf, type SeenPods } from "./seen-pods.ts";
import { at, entriesAt, isText, listAt, type SeenResource, textAt } from "./seen-resource.ts";
import { USUAL_NAME, USUAL_PORT } from "./traefik-api.ts";

/** What of a stack leads to pods, and the pods. */
export interface SeenCluster {
  readonly services: readonly SeenResource["props"][];
  readonly pods: readonly SeenPods[];
}

/** A port of a Service, as a route names it. */
export interface Backend {
  readonly namespace: string;
  readonly service: string;
  /** By number or by name. */
  readonly port: number | string;
}

/**
 * The ports of a Service that lead to Traefik's API. Pods of the stack are judged by where they offer it; of pods that
 * others run only the labels are known, so theirs by what is usual.
 */
export function portsToApi(service: SeenResource["props"], { pods }: SeenCluster): unknown[] {
  const spec = at(service, "spec");
  const selector = entriesAt(spec, "selector");
  if (selector.length === 0) return [];
  const behind = pods.filter(
    ({ namespace, labels }) => mayBeSame(namespace, namespaceOf(service)) && selector.every(([label, value]) => at(labels, label) === value),
  );
  const ofTraefik = selector.some(([, value]) => value === USUAL_NAME);
  return listAt(spec, "ports").filter((port) => {
    const target = at(port, "targetPort") ?? at(port, "port");
    return behind.length > 0 ? behind.some((one) => isApiPort(one, target)) : ofTraefik && (target === USUAL_PORT || target === USUAL_NAME);
  });
}

/** Whether a route that names this leads to Traefik's API. A Service that is not of the stack is judged by its name. */
export function leadsToApi({ namespace, service, port }: Backend, cluster: SeenCluster): boolean {
  const named = cluster.services.filter((one) => textAt(at(one, "metadata"), "name") === service && mayBeSame(namespaceOf(one), namespace));
  if (named.length === 0) return port === USUAL_NAME || (port === USUAL_PORT && /(^|-)traefik$/.test(service));
  return named.some((one) => portsToApi(one, cluster).some((found) => at(found, isText(port) ? "name" : "port") === port));
}

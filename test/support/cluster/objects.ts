/** Objects of Kubernetes as small as they can be, for tests of the cluster itself. */
export function namespace(name: string): object {
  return { apiVersion: "v1", kind: "Namespace", metadata: { name } };
}

export interface DeploymentOptions {
  readonly namespace: string;
  readonly replicas?: number;
  readonly image?: string;
  /** ConfigMap that the environment is taken from. */
  readonly configMap?: string;
}

/** A Deployment of pods with the label `app`, which go on serving for a second after they were told to end. */
export function deployment(name: string, { namespace, replicas = 1, image = "registry.example/service:1", configMap }: DeploymentOptions): object {
  const container = {
    name: "service",
    image,
    envFrom: configMap === undefined ? [] : [{ configMapRef: { name: configMap } }],
    readinessProbe: { httpGet: { path: "/", port: 8080 } },
    lifecycle: { preStop: { sleep: { seconds: 1 } } },
  };
  return {
    apiVersion: "apps/v1",
    kind: "Deployment",
    metadata: { name, namespace },
    spec: {
      replicas,
      selector: { matchLabels: { app: name } },
      template: { metadata: { labels: { app: name } }, spec: { terminationGracePeriodSeconds: 2, containers: [container] } },
    },
  };
}

/** A Service of the pods with the label `app` of its name. @param options.ports by name */
export function service(name: string, { namespace, ports }: { readonly namespace: string; readonly ports: Readonly<Record<string, number>> }): object {
  return {
    apiVersion: "v1",
    kind: "Service",
    metadata: { name, namespace },
    spec: { selector: { app: name }, ports: Object.entries(ports).map(([portName, port]) => ({ name: portName, port, targetPort: 8080 })) },
  };
}

export interface RouteOptions {
  readonly namespace: string;
  readonly match: string;
  readonly service: string;
  readonly port: string | number;
}

export function ingressRoute(
  name: string,
  { namespace, match, service, port }: RouteOptions,
): { readonly apiVersion: string; readonly kind: string; readonly metadata: object; readonly spec: object } {
  return {
    apiVersion: "traefik.io/v1alpha1",
    kind: "IngressRoute",
    metadata: { name, namespace },
    spec: { routes: [{ kind: "Rule", match, services: [{ name: service, port }] }] },
  };
}

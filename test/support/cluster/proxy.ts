import { connect, createServer, type Server, type Socket } from "node:net";
import { z } from "zod";
import type { Api } from "./api.ts";
import { startMirror } from "./mirror.ts";

/** Listens on the cluster IPs of Services, which are addresses of loopback, and leads on to the processes of their pods. */
export interface TestProxy {
  readonly stop: () => Promise<void>;
}

const service = z.object({
  metadata: z.object({ uid: z.string(), name: z.string(), namespace: z.string() }),
  spec: z.object({
    clusterIP: z.string().optional(),
    selector: z.record(z.string(), z.string()).optional(),
    ports: z.array(z.object({ port: z.number() })).default([]),
  }),
});
const endpointSlice = z.object({
  metadata: z.object({ uid: z.string(), namespace: z.string(), labels: z.record(z.string(), z.string()).default({}) }),
  endpoints: z
    .array(
      z.object({
        conditions: z.object({ ready: z.boolean().optional(), serving: z.boolean().optional() }).default({}),
        targetRef: z.object({ uid: z.string() }).optional(),
      }),
    )
    .nullish()
    .transform((endpoints) => endpoints ?? []),
});

type Service = z.output<typeof service>;

/** @param portOf port of loopback behind a pod, by the pod's UID */
export function startTestProxy(api: Api, portOf: (uid: string) => number | null): TestProxy {
  const listeners = new Map<string, Server>();
  const sockets = new Set<Socket>();
  let stopped = false;

  /** As kube-proxy does: the pods that are ready; where there are none, those that end but still serve. */
  const backendOf = ({ metadata }: Service): number | null => {
    const endpoints = [...slices.objects.values()]
      .filter((slice) => slice.metadata.namespace === metadata.namespace && slice.metadata.labels["kubernetes.io/service-name"] === metadata.name)
      .flatMap((slice) => slice.endpoints);
    const ready = endpoints.filter((endpoint) => endpoint.conditions.ready === true);
    const usable = ready.length > 0 ? ready : endpoints.filter((endpoint) => endpoint.conditions.serving === true);
    const ports = usable.map((endpoint) => portOf(endpoint.targetRef?.uid ?? "")).filter((port) => port !== null);
    return ports[Math.floor(Math.random() * ports.length)] ?? null;
  };
  const forward = (socket: Socket, uid: string): void => {
    const target = services.objects.get(uid);
    const port = target === undefined ? null : backendOf(target);
    if (port === null) {
      socket.resetAndDestroy();
      return;
    }
    const onward = connect({ host: "127.0.0.1", port });
    for (const [from, to] of [
      [socket, onward],
      [onward, socket],
    ] as const) {
      sockets.add(from);
      from.setNoDelay(true);
      from
        .on("error", () => to.destroy())
        .on("close", () => {
          sockets.delete(from);
          to.destroy();
        });
      from.pipe(to);
    }
  };
  const look = (): void => {
    if (stopped) return;
    const wanted = new Map(
      [...services.objects.values()].flatMap((target) => addressesOf(target).map((address) => [address.key, { ...address, target }] as const)),
    );
    for (const [key, server] of listeners) {
      if (wanted.has(key)) continue;
      listeners.delete(key);
      server.close();
    }
    for (const [key, { host, port, target }] of wanted) {
      if (listeners.has(key)) continue;
      const server = createServer((socket) => forward(socket, target.metadata.uid));
      server.listen(port, host);
      listeners.set(key, server);
    }
  };
  const services = startMirror(api, "/api/v1/services", service, () => look());
  const slices = startMirror(api, "/apis/discovery.k8s.io/v1/endpointslices", endpointSlice, () => undefined);
  return {
    async stop() {
      stopped = true;
      await Promise.all([services.stop(), slices.stop()]);
      for (const server of listeners.values()) server.close();
      for (const socket of sockets) socket.destroy();
    },
  };
}

/** Where a Service is listened for; nowhere where it has no cluster IP, or leads to no pods. */
function addressesOf({ metadata, spec }: Service): { readonly key: string; readonly host: string; readonly port: number }[] {
  const { clusterIP, selector } = spec;
  if (clusterIP === undefined || clusterIP === "" || clusterIP === "None" || selector === undefined) return [];
  return spec.ports.map(({ port }) => ({ key: `${metadata.uid} ${clusterIP}:${port}`, host: clusterIP, port }));
}

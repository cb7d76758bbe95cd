/** What the controllers do that Sluice's resources need; nothing that looks after nodes. */
const CONTROLLERS = [
  "deployment-controller",
  "replicaset-controller",
  "endpointslice-controller",
  // Pulumi waits for the older Endpoints of a Service.
  "endpoints-controller",
  "namespace-controller",
  "garbage-collector-controller",
  "resourcequota-controller",
  "serviceaccount-controller",
  "serviceaccount-token-controller",
  "disruption-controller",
  // Without metrics it only brings a Deployment to its minimum.
  "horizontal-pod-autoscaler-controller",
];

export function etcdArguments(data: string, port: number, peerPort: number): string[] {
  const [client, peer] = [`http://127.0.0.1:${port}`, `http://127.0.0.1:${peerPort}`];
  return [
    `--data-dir=${data}`,
    `--listen-client-urls=${client}`,
    `--advertise-client-urls=${client}`,
    `--listen-peer-urls=${peer}`,
    `--initial-advertise-peer-urls=${peer}`,
    `--initial-cluster=default=${peer}`,
    "--logger=zap",
  ];
}

export interface ApiServerArguments {
  readonly etcdPort: number;
  readonly port: number;
  /** Folder where it makes its certificate, unless it is there already. */
  readonly certificates: string;
  /** File with a token, a user, an ID and groups a line. */
  readonly tokens: string;
  /** Key that tokens of service accounts are signed with. */
  readonly key: string;
  /** What cluster IPs are taken from, as a CIDR. */
  readonly serviceRange: string;
}

export function apiServerArguments({ etcdPort, port, certificates, tokens, key, serviceRange }: ApiServerArguments): string[] {
  return [
    `--etcd-servers=http://127.0.0.1:${etcdPort}`,
    "--bind-address=127.0.0.1",
    `--secure-port=${port}`,
    `--cert-dir=${certificates}`,
    `--token-auth-file=${tokens}`,
    "--authorization-mode=RBAC",
    `--service-cluster-ip-range=${serviceRange}`,
    // Never dialled: no endpoint of the API server is written, and its own choice would need a route to the outside.
    "--advertise-address=192.0.2.1",
    "--endpoint-reconciler-type=none",
    `--service-account-key-file=${key}`,
    `--service-account-signing-key-file=${key}`,
    "--service-account-issuer=https://kubernetes.default.svc",
    "--profiling=false",
  ];
}

export function controllerArguments(kubeconfig: string, key: string): string[] {
  return [
    `--kubeconfig=${kubeconfig}`,
    `--controllers=${CONTROLLERS.join(",")}`,
    `--service-account-private-key-file=${key}`,
    "--leader-elect=false",
    "--secure-port=0",
    "--kube-api-qps=500",
    "--kube-api-burst=1000",
    "--endpointslice-updates-batch-period=0s",
    "--horizontal-pod-autoscaler-sync-period=1s",
  ];
}

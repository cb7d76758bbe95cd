/** What has to be known of a stage on Kubernetes to find it. */
export interface KubernetesPlace {
  readonly namespace: string;
  /** False for clusters without nodes: there, traffic is led to pods that nobody has seen. */
  readonly wait: boolean;
  readonly clusters: Readonly<
    Record<
      string,
      { readonly context: string; readonly kubeconfig: string | null; readonly id: string | null; readonly url: string | null; readonly api: string | null }
    >
  >;
}

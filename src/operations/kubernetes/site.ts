import type { Project } from "../project-file.ts";
import type { Site } from "../site.ts";

/** What has to be known of a stage on Kubernetes to find it. */
export interface KubernetesPlace {
  readonly namespace: string;
  readonly clusters: Readonly<
    Record<
      string,
      { readonly context: string; readonly kubeconfig: string | null; readonly id: string | null; readonly url: string | null; readonly api: string | null }
    >
  >;
}

/** A stage on one or several clusters, through their API servers. */
export function kubernetesSite(project: Project, stage: string, place: KubernetesPlace): Site {
  throw new Error(`${project.name}, ${stage}: nothing looks at namespace ${place.namespace} yet`);
}

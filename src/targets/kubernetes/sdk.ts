/** The parts of the Kubernetes SDK that the target uses, by their own modules: its index loads every API there is. */
export { CustomResource as CustomObject } from "@pulumi/kubernetes/apiextensions/customResource.js";
export { Deployment } from "@pulumi/kubernetes/apps/v1/deployment.js";
export { HorizontalPodAutoscaler } from "@pulumi/kubernetes/autoscaling/v2/horizontalPodAutoscaler.js";
export { ConfigMap } from "@pulumi/kubernetes/core/v1/configMap.js";
export { Service } from "@pulumi/kubernetes/core/v1/service.js";
export { ServiceAccount } from "@pulumi/kubernetes/core/v1/serviceAccount.js";
export { Chart } from "@pulumi/kubernetes/helm/v4/chart.js";
export { NetworkPolicy } from "@pulumi/kubernetes/networking/v1/networkPolicy.js";
export { PodDisruptionBudget } from "@pulumi/kubernetes/policy/v1/podDisruptionBudget.js";
export { Provider } from "@pulumi/kubernetes/provider.js";
export type * as inputs from "@pulumi/kubernetes/types/input.js";

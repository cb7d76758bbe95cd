import type { DeployedService } from "../../../src/model/kubernetes-target.ts";

/** A service that Sluice runs, as small as it can be. */
export const DEPLOYED: DeployedService = {
  image: "registry.example/service:1",
  command: [],
  args: [],
  port: 8080,
  replicas: 1,
  autoscaling: null,
  resources: { requests: {}, limits: {} },
  probePath: "/",
  env: {},
  imagePullSecrets: [],
  serviceAccount: null,
  user: 1,
  drain: 0,
};

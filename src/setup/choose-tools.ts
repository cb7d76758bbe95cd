import { kubernetesTool } from "./kubernetes.ts";
import { kubernetesProviderTool } from "./kubernetes-provider.ts";
import { etcdTool, kubectlTool } from "./machine-tools.ts";
import { pulumiTool } from "./pulumi.ts";
import type { Tool } from "./tool.ts";
import { traefikTool } from "./traefik.ts";
import { traefikDefinitionsTool } from "./traefik-definitions.ts";

/** What the programs are for. */
export interface Purpose {
  /** The targets of the project's stages. */
  readonly targets: readonly string[];
  /** Whether Sluice's own tests against a Kubernetes cluster are to run. */
  readonly testCluster: boolean;
}

/**
 * The programs that a purpose asks for, beside the npm packages.
 * @param root folder of Sluice's own sources
 * @returns those that nobody but the user can install first, so that nothing is built in vain
 */
export function chooseTools(root: string, { targets, testCluster }: Purpose): Tool[] {
  const provider = kubernetesProviderTool(root);
  return [
    ...(testCluster ? [etcdTool, kubectlTool] : []),
    pulumiTool(root),
    traefikTool,
    ...(testCluster ? [traefikDefinitionsTool(root)] : []),
    ...(testCluster || targets.includes("kubernetes") ? [provider] : []),
    ...(testCluster ? [kubernetesTool(root)] : []),
  ];
}

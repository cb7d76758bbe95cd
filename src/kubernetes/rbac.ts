import { groupOf } from "./kinds.ts";
import type { Duty, Right } from "./rights.ts";
import { rightsOf } from "./rights.ts";

const API = "rbac.authorization.k8s.io/v1";
const DUTIES: readonly Duty[] = ["update", "kill", "look"];

/** The role of a duty, in the stage's namespace and in the cluster; whoever is in the group of the same name has it. */
export function roleOf(duty: Duty): string {
  return `sluice-${duty}`;
}

/** An object of Kubernetes' RBAC. */
export interface RbacObject {
  readonly apiVersion: string;
  readonly kind: "Role" | "RoleBinding" | "ClusterRole" | "ClusterRoleBinding";
  readonly metadata: { readonly name: string };
  readonly rules?: readonly Rule[];
  readonly roleRef?: object;
  readonly subjects?: readonly object[];
}

interface Rule {
  readonly apiGroups: readonly string[];
  readonly resources: readonly string[];
  readonly resourceNames?: readonly string[];
  readonly verbs: readonly string[];
}

/** Roles of every duty with exactly its rights, and what binds them to groups. They name no namespace: `kubectl --namespace` gives it. */
export function rbacObjects(): RbacObject[] {
  return DUTIES.flatMap((duty) => {
    const rights = rightsOf(duty, null);
    const name = roleOf(duty);
    return (["stage", "cluster"] as const).flatMap((scope) => {
      const kind = scope === "stage" ? ("Role" as const) : ("ClusterRole" as const);
      const rules = rights.filter((right) => right.scope === scope).map(ruleOf);
      return [
        { apiVersion: API, kind, metadata: { name }, rules },
        {
          apiVersion: API,
          kind: `${kind}Binding` as const,
          metadata: { name },
          roleRef: { apiGroup: "rbac.authorization.k8s.io", kind, name },
          subjects: [{ apiGroup: "rbac.authorization.k8s.io", kind: "Group", name }],
        },
      ];
    });
  });
}

/** The rule that gives a right. */
export function ruleOf({ apiVersion, plural, subresource, verbs, names }: Right): Rule {
  return {
    apiGroups: [groupOf(apiVersion)],
    resources: [subresource === null ? plural : `${plural}/${subresource}`],
    ...(names === null ? {} : { resourceNames: names }),
    verbs,
  };
}

import type { KillGuard } from "../../cluster/kill-guard.ts";
import * as pulumi from "../../pulumi.ts";

/**
 * Hooks of whatever leads visitors in a cluster: the engine asks before and after it writes an object, in every update,
 * also where it only takes back what was changed by hand. Nothing is asked in a preview.
 */
export function killHooks(cluster: string, { before, after }: KillGuard): pulumi.ResourceHookBinding {
  const [first, last] = [new pulumi.ResourceHook(`${cluster}/kills-before`, before), new pulumi.ResourceHook(`${cluster}/kills-after`, after)];
  return { beforeCreate: [first], beforeUpdate: [first], afterCreate: [last], afterUpdate: [last] };
}

/** The part of some hooks that is asked before a thing is written which leads nobody itself, but says that all is done. */
export function beforeAll(hooks: readonly pulumi.ResourceHookBinding[]): pulumi.ResourceHookBinding {
  return { beforeCreate: hooks.flatMap(({ beforeCreate = [] }) => beforeCreate), beforeUpdate: hooks.flatMap(({ beforeUpdate = [] }) => beforeUpdate) };
}

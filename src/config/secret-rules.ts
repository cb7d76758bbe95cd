import type { Fault } from "../model/fault.ts";
import type { Target } from "../model/target.ts";

/** Where else a secret can be, by the target; the words go on after a command. */
const ELSEWHERE: Readonly<Record<Target["kind"], string>> = {
  local: "A process has the environment in which sluice serve was started: set the variable there.",
  docker: "A container has to fetch it as it starts, from a store of secrets, as its image knows how; Sluice mounts no file into it.",
  kubernetes:
    "Keep it in a Secret of the namespace: pods of kubernetes.existing.<service> may name any in their own manifests, and those of kubernetes.services.<service> may read it by their serviceAccount; imagePullSecrets and tlsSecret take its name.",
};

const PASSWORD = /^docker\.registries\[\d+\]\.password$/;

/** Whether a key of a stage's config says where the stage runs. */
export function isTargetKey(key: string): key is Target["kind"] {
  return Object.hasOwn(ELSEWHERE, key);
}

/**
 * The paths of what a stack file keeps encrypted, such as `docker.registries[0].password`.
 * @param value as the file has it, with `secure` in place of each secret
 * @param path of the value itself
 */
export function secretPaths(value: unknown, path = ""): string[] {
  if (typeof value !== "object" || value === null) return [];
  if ("secure" in value && typeof value.secure === "string") return [path];
  if (Array.isArray(value)) return value.flatMap((inner: unknown, index) => secretPaths(inner, `${path}[${index}]`));
  return Object.entries(value).flatMap(([key, inner]) => secretPaths(inner, path === "" ? key : `${path}.${key}`));
}

/** Secrets where Sluice would hand them on in plain text: all that says how a stage runs, but for the passwords of registries. */
export function misplacedSecrets(paths: readonly string[]): Fault[] {
  return paths.flatMap((path): Fault[] => {
    const key = /^\w+/.exec(path)?.[0] ?? "";
    if (!isTargetKey(key) || PASSWORD.test(path)) return [];
    return [
      {
        path,
        found: "is a secret, and would be deployed and stand in the state in plain text",
        allowed: key === "docker" ? "no secret but docker.registries[].password" : "no secret",
        wayOut: `pulumi config rm --path '${path}', and change the secret if it was ever deployed. ${ELSEWHERE[key]}`,
      },
    ];
  });
}

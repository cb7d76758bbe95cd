import { z } from "zod";
import { type Api, ApiError } from "./api.ts";
import type { Container, Pod } from "./pod.ts";

const configMap = z.object({ data: z.record(z.string(), z.string()).default({}) });

/** The environment of a pod's container, or why it cannot be made yet. */
export type Environment = { readonly ok: true; readonly env: Readonly<Record<string, string>> } | { readonly ok: false; readonly reason: string };

/** Resolves the environment of a container as a kubelet does: ConfigMaps first, single variables over them. @throws ApiError when the API server is away */
export async function environmentOf(api: Api, pod: Pod, container: Container): Promise<Environment> {
  const env: Record<string, string> = {};
  const read = (name: string): Promise<Readonly<Record<string, string>> | null> => readConfigMap(api, pod.metadata.namespace, name);
  for (const { prefix, configMapRef } of container.envFrom) {
    const data = await read(configMapRef.name);
    if (data === null && !configMapRef.optional) return { ok: false, reason: `configmap "${configMapRef.name}" not found` };
    for (const [key, value] of Object.entries(data ?? {})) env[`${prefix}${key}`] = value;
  }
  for (const { name, value, valueFrom } of container.env) {
    if (value !== undefined) env[name] = value;
    else if (valueFrom?.fieldRef !== undefined) env[name] = valueFrom.fieldRef.fieldPath === "metadata.name" ? pod.metadata.name : pod.metadata.namespace;
    else if (valueFrom?.configMapKeyRef !== undefined) {
      const { name: map, key } = valueFrom.configMapKeyRef;
      const found = (await read(map))?.[key];
      if (found === undefined) return { ok: false, reason: `configmap "${map}" with key "${key}" not found` };
      env[name] = found;
    }
  }
  return { ok: true, env };
}

async function readConfigMap(api: Api, namespace: string, name: string): Promise<Readonly<Record<string, string>> | null> {
  try {
    return (await api.get(`/api/v1/namespaces/${namespace}/configmaps/${name}`, configMap)).data;
  } catch (error) {
    if (error instanceof ApiError && error.status === 404) return null;
    throw error;
  }
}

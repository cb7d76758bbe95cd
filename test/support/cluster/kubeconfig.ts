import { writeFile } from "node:fs/promises";
import { stringify } from "yaml";

export interface KubeconfigContent {
  /** Of the cluster and of the context of its admin; the context of another user is `<name>-<user>`. */
  readonly name: string;
  readonly url: string;
  readonly authority: string;
  /** By user. */
  readonly tokens: { readonly admin: string; readonly stranger: string };
}

/** Writes a kubeconfig with a context for each user, that of the admin being the current one. */
export async function writeKubeconfig(path: string, { name, url, authority, tokens }: KubeconfigContent): Promise<void> {
  const users = Object.entries(tokens).map(([user, token]) => ({ name: `${name}-${user}`, user: { token } }));
  const context = (user: string): object => ({ cluster: name, user: `${name}-${user}` });
  const content = {
    apiVersion: "v1",
    kind: "Config",
    clusters: [{ name, cluster: { server: url, "certificate-authority-data": Buffer.from(authority).toString("base64") } }],
    users,
    contexts: [
      { name, context: context("admin") },
      { name: `${name}-stranger`, context: context("stranger") },
    ],
    "current-context": name,
  };
  await writeFile(path, stringify(content), { mode: 0o600 });
}

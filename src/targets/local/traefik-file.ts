import * as pulumi from "@pulumi/pulumi";
import { writeAtomically } from "../../files/write-atomically.ts";
import { awaitAdmission, awaitWorkloads, isServing } from "./running-traefik.ts";

interface TraefikFileState {
  readonly path: string;
  /** The document, with a placeholder for each secret. */
  readonly content: string;
  readonly revision: string;
  /** Base URL of the stage's Traefik API. */
  readonly admin: string;
  /** The workloads that the document leads to. */
  readonly workloads: readonly string[];
  readonly secrets: Readonly<Record<string, string>>;
}

function reveal(content: string, secrets: Readonly<Record<string, string>>): string {
  return Object.entries(secrets).reduce((text, [placeholder, secret]) => text.replaceAll(placeholder, secret), content);
}

function conceal(content: string, secrets: Readonly<Record<string, string>>): string {
  return Object.entries(secrets).reduce((text, [placeholder, secret]) => text.replaceAll(secret, placeholder), content);
}

/**
 * Switches a stage to a new document. Where a Traefik is running, its workloads must listen first, and
 * the function returns once Traefik routes by the new document; if it will not, the old one is put back.
 */
async function switchTo(next: TraefikFileState): Promise<void> {
  const { readFile, rm } = await import("node:fs/promises");
  const serving = await isServing(next.admin);
  if (serving) await awaitWorkloads(next.workloads);
  const before = await readFile(next.path, "utf8").catch(() => null);
  await writeAtomically(next.path, reveal(next.content, next.secrets), 0o600);
  if (!serving) return;
  try {
    await awaitAdmission(next.admin, next.revision);
  } catch (error) {
    if (before === null) await rm(next.path, { force: true });
    else await writeAtomically(next.path, before, 0o600);
    throw error;
  }
}

async function readDocument(id: string, props: TraefikFileState | undefined): Promise<TraefikFileState | null> {
  const { readFile } = await import("node:fs/promises");
  const text = await readFile(id, "utf8").catch(() => null);
  if (text === null || props === undefined) return null;
  return { ...props, content: conceal(text, props.secrets) };
}

async function removeFile(path: string): Promise<void> {
  const { rm } = await import("node:fs/promises");
  await rm(path, { force: true });
}

const provider: pulumi.dynamic.ResourceProvider<TraefikFileState, TraefikFileState> = {
  async diff(_id, olds, news) {
    const moved = olds.path !== news.path;
    const changed = olds.content !== news.content || olds.admin !== news.admin || JSON.stringify(olds.secrets) !== JSON.stringify(news.secrets);
    return { changes: moved || changed, replaces: moved ? ["path"] : [] };
  },
  async create(inputs) {
    await switchTo(inputs);
    return { id: inputs.path, outs: inputs };
  },
  async read(id, props) {
    const state = await readDocument(id, props);
    return state === null ? { id: "" } : { id, props: state };
  },
  async update(_id, _olds, news) {
    await switchTo(news);
    return { outs: news };
  },
  async delete(id) {
    await removeFile(id);
  },
};

/** Traefik's document of a stage. Secrets are put in as the file is written, and stay out of its readable content. */
export class TraefikFile extends pulumi.dynamic.Resource {
  declare readonly revision: pulumi.Output<string>;

  constructor(
    name: string,
    args: Omit<TraefikFileState, "secrets"> & { readonly secrets: pulumi.Input<Record<string, string>> },
    opts?: pulumi.CustomResourceOptions,
  ) {
    super(provider, name, { ...args, workloads: [...args.workloads] }, opts, "sluice", "TraefikFile");
  }
}

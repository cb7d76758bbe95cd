import * as pulumi from "@pulumi/pulumi";
import { writeAtomically } from "../../files/write-atomically.ts";

interface FileState {
  readonly path: string;
  readonly content: string;
}

/** Reads a file back, so that `pulumi refresh` shows an edit by hand; a missing file is a deleted resource. */
async function readText(path: string): Promise<string | null> {
  const { readFile } = await import("node:fs/promises");
  return readFile(path, "utf8").catch(() => null);
}

async function removeFile(path: string): Promise<void> {
  const { rm } = await import("node:fs/promises");
  await rm(path, { force: true });
}

// Methods load what they need inside: the provider is serialized into the state.
const provider: pulumi.dynamic.ResourceProvider<FileState, FileState> = {
  async diff(_id, olds, news) {
    const moved = olds.path !== news.path;
    return { changes: moved || olds.content !== news.content, replaces: moved ? ["path"] : [] };
  },
  async create(inputs) {
    await writeAtomically(inputs.path, inputs.content, 0o644);
    return { id: inputs.path, outs: inputs };
  },
  async read(id, props) {
    const content = await readText(id);
    if (content === null) return { id: "" };
    return { id, props: { path: id, ...props, content } };
  },
  async update(_id, _olds, news) {
    await writeAtomically(news.path, news.content, 0o644);
    return { outs: news };
  },
  async delete(id) {
    await removeFile(id);
  },
};

/** A file that follows the stack: written atomically, read back on refresh, removed on destroy. */
export class TextFile extends pulumi.dynamic.Resource {
  declare readonly path: pulumi.Output<string>;
  declare readonly content: pulumi.Output<string>;

  constructor(name: string, args: { readonly path: string; readonly content: string }, opts?: pulumi.CustomResourceOptions) {
    super(provider, name, { ...args }, opts, "sluice", "TextFile");
  }
}

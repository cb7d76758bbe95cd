import * as pulumi from "../../pulumi.ts";

/** A file that follows the stack; see `provider/text-file.ts`. */
export class TextFile extends pulumi.CustomResource {
  constructor(name: string, args: { readonly path: string; readonly content: string }, opts?: pulumi.CustomResourceOptions) {
    super("sluice-local:index:TextFile", name, { ...args }, opts);
  }
}

/** The env files of all workloads; see `provider/env-files.ts`. */
export class EnvFiles extends pulumi.CustomResource {
  constructor(name: string, args: { readonly path: string; readonly files: Readonly<Record<string, string>> }, opts?: pulumi.CustomResourceOptions) {
    super("sluice-local:index:EnvFiles", name, { ...args }, opts);
  }
}

/** The env files that are in the same folder, and no more wanted: they are taken away. */
export class OldEnvFiles extends pulumi.CustomResource {
  constructor(name: string, args: { readonly path: string; readonly keep: readonly string[] }, opts?: pulumi.CustomResourceOptions) {
    super("sluice-local:index:OldEnvFiles", name, { ...args }, opts);
  }
}

/** What tells a document of the kills that its config has, and where to find those that it has not. */
export interface KillArgs {
  readonly kills: string;
  readonly killed: readonly string[];
}

/** Where a document also has to go; see `provider/containers.ts`. */
interface PublishArgs {
  readonly engine?: EngineArgs;
  readonly carrier?: { readonly container: string; readonly folder: string };
}

/** The flagd document; see `provider/flagd-file.ts`. */
export class FlagdFile extends pulumi.CustomResource {
  constructor(name: string, args: { readonly path: string; readonly content: string } & KillArgs & PublishArgs, opts?: pulumi.CustomResourceOptions) {
    super("sluice-local:index:FlagdFile", name, { ...args, killed: [...args.killed] }, opts);
  }
}

/** A Docker engine; what is not said is as Docker's own programs have it. */
interface EngineArgs {
  readonly host?: string;
  readonly certPath?: string;
}

/** The record of a stage; see `provider/record-file.ts`. */
export class RecordFile extends pulumi.CustomResource {
  constructor(
    name: string,
    args: {
      readonly path: string;
      readonly content: string;
      readonly behind?: { readonly admin: string; readonly document: string; readonly engine: EngineArgs; readonly container: string; readonly form: string };
    },
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("sluice-local:index:RecordFile", name, { ...args, since: undefined }, opts);
  }
}

/** Traefik's document of a stage; see `provider/traefik-file.ts` for each property. */
export class TraefikFile extends pulumi.CustomResource {
  constructor(
    name: string,
    args: {
      readonly path: string;
      readonly content: string;
      readonly admin: string;
      readonly workloads: readonly string[];
      readonly secrets: pulumi.Input<Record<string, string>>;
      readonly containers?: readonly { readonly name: string; readonly ready: number }[];
      readonly reader?: string;
    } & KillArgs &
      PublishArgs,
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("sluice-local:index:TraefikFile", name, { ...args }, opts);
  }
}

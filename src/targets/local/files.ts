import * as pulumi from "../../pulumi.ts";

/** A file that follows the stack; see `provider/text-file.ts`. */
export class TextFile extends pulumi.CustomResource {
  constructor(name: string, args: { readonly path: string; readonly content: string; readonly claim?: string }, opts?: pulumi.CustomResourceOptions) {
    super("sluice-local:index:TextFile", name, { ...args }, opts);
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
    },
    opts?: pulumi.CustomResourceOptions,
  ) {
    super("sluice-local:index:TraefikFile", name, { ...args, workloads: [...args.workloads] }, opts);
  }
}

import * as pulumi from "../../pulumi.ts";

/** The record of a stage, kept in the state alone; see `../local/provider/record.ts`. */
export class Record extends pulumi.CustomResource {
  constructor(name: string, args: { readonly content: string }, opts?: pulumi.CustomResourceOptions) {
    super("sluice-local:index:Record", name, { ...args, since: undefined }, opts);
  }
}

/**
 * The parts of the Pulumi SDK that the program uses, by their own modules. The SDK's index also loads
 * the closure serializer, and with it the TypeScript compiler: a third of the time of a preview.
 */
export { Config } from "@pulumi/pulumi/config.js";
export { RunError } from "@pulumi/pulumi/errors.js";
export { warn } from "@pulumi/pulumi/log/index.js";
export { getOrganization, getProject, getStack } from "@pulumi/pulumi/metadata.js";
export { type Input, type Output, output, secret } from "@pulumi/pulumi/output.js";
export {
  ComponentResource,
  type ComponentResourceOptions,
  CustomResource,
  type CustomResourceOptions,
  type Resource,
  ResourceHook,
  type ResourceHookBinding,
} from "@pulumi/pulumi/resource.js";
export { allConfig } from "@pulumi/pulumi/runtime/config.js";
export { invoke } from "@pulumi/pulumi/runtime/invoke.js";
export { getRootDirectory, isDryRun } from "@pulumi/pulumi/runtime/settings.js";

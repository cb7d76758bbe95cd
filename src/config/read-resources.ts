import { z } from "zod";
import * as pulumi from "../pulumi.ts";

const resources = z.object({ outputs: z.record(z.string(), z.object({ outputs: z.looseObject({}).optional() })) });

/** URN and outputs of each resource of a stack. */
export type StackResources = readonly (readonly [urn: string, outputs: unknown])[];

/**
 * The resources of a stage of this project; none when it was never deployed. A StackReference reads only
 * outputs, which a failed update loses, and ends the program where the stack does not exist; this asks
 * the engine for the stack's resources in the same way.
 */
export async function readResources(stage: string): Promise<StackResources> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stage}`;
  try {
    const found: unknown = await pulumi.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
    return Object.entries(resources.parse(found).outputs).map(([urn, resource]) => [urn, resource.outputs]);
  } catch (error) {
    if (error instanceof Error && error.message.includes("unknown stack")) return [];
    throw error;
  }
}

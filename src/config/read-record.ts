import { z } from "zod";
import { findRecord, type StageRecord } from "../plan/stage-record.ts";
import * as pulumi from "../pulumi.ts";

const resources = z.object({ outputs: z.record(z.string(), z.object({ outputs: z.looseObject({}).optional() })) });

/**
 * The record of a stage of this project; null when it was never deployed. A StackReference reads only
 * outputs, which a failed update loses, and ends the program where the stack does not exist; this asks
 * the engine for the stack's resources in the same way.
 */
export async function readRecord(stage: string): Promise<StageRecord | null> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stage}`;
  try {
    const found: unknown = await pulumi.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
    return findRecord(Object.entries(resources.parse(found).outputs).map(([urn, resource]) => [urn, resource.outputs]));
  } catch (error) {
    if (error instanceof Error && error.message.includes("unknown stack")) return null;
    throw error;
  }
}

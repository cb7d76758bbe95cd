import { z } from "zod";
import { RECORD_NAME, type StageRecord } from "../plan/stage-record.ts";
import * as pulumi from "../pulumi.ts";

const resources = z.object({ outputs: z.record(z.string(), z.object({ outputs: z.looseObject({}).optional() })) });
const recordFile = z.object({ content: z.string() });
const record = z.object({ exposures: z.record(z.string(), z.number()), permitted: z.record(z.string(), z.number()) });

/**
 * The record of a stage of this project; null when it was never deployed. A StackReference reads only
 * outputs, which a failed update loses, and ends the program where the stack does not exist; this asks
 * the engine for the stack's resources in the same way.
 */
export async function readRecord(stage: string): Promise<StageRecord | null> {
  const stackName = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stage}`;
  try {
    const found: unknown = await pulumi.invoke("pulumi:pulumi:readStackResourceOutputs", { stackName });
    const entry = Object.entries(resources.parse(found).outputs).find(([urn]) => urn.endsWith(`::${RECORD_NAME}`));
    const file = recordFile.safeParse(entry?.[1].outputs);
    return file.success ? record.parse(JSON.parse(file.data.content)) : null;
  } catch (error) {
    if (error instanceof Error && error.message.includes("unknown stack")) return null;
    throw error;
  }
}

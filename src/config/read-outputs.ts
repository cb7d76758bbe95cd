import { z } from "zod";
import type { DeployedExposures } from "../plan/order.ts";
import * as pulumi from "../pulumi.ts";

const outputs = z.object({ outputs: z.object({ exposures: z.record(z.string(), z.number()).optional() }) });

/**
 * The exposures that another stage of this project runs, or null when it was never deployed. This is
 * what a StackReference reads; it is asked for directly because a StackReference to a stack that does
 * not exist ends the program before it can say which command comes first.
 */
export async function readExposures(stage: string): Promise<DeployedExposures> {
  const name = `${pulumi.getOrganization()}/${pulumi.getProject()}/${stage}`;
  try {
    const found: unknown = await pulumi.invoke("pulumi:pulumi:readStackOutputs", { name });
    return outputs.parse(found).outputs.exposures ?? null;
  } catch (error) {
    if (error instanceof Error && error.message.includes("unknown stack")) return null;
    throw error;
  }
}

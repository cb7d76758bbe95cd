import { renderFaults } from "../model/fault.ts";
import type { GateFacts } from "../plan/gate.ts";
import { findRecord, type StageRecord } from "../plan/stage-record.ts";
import * as pulumi from "../pulumi.ts";
import { readResources, type StackResources } from "./read-resources.ts";

/** What a stage runs, by its own resources; null when it was never deployed. @throws RunError where its state was spoilt */
export function requireRecord(stage: string, resources: StackResources): StageRecord | null {
  try {
    return findRecord(resources);
  } catch (error) {
    const found = `the state of this stage cannot be used: ${wordsOf(error)}`;
    const fault = { path: `stack ${stage}`, found, allowed: "a state as an update wrote it", wayOut: "docs/state.md says how to put an earlier one back" };
    throw new pulumi.RunError(renderFaults("The gates refuse this", [fault]));
  }
}

/** What the stage before runs. Where that cannot be read, this stage may still keep and lower. */
export async function readRecordBefore(stage: string | null): Promise<Pick<GateFacts, "previous" | "previousFault">> {
  try {
    return { previous: stage === null ? null : findRecord(await readResources(stage)) };
  } catch (error) {
    return { previous: null, previousFault: wordsOf(error) };
  }
}

function wordsOf(error: unknown): string {
  const text = error instanceof Error ? error.message : String(error);
  return text.replace(/^invocation of \S+ returned an error: /, "");
}

import { z } from "zod";

/** What a step took at one size, beside what the least took that makes as much: times in milliseconds, heap in MiB that what was made holds. */
const costSchema = z.object({ time: z.number(), floor: z.number(), heap: z.number(), heapFloor: z.number() });
export type StepCost = z.infer<typeof costSchema>;
export const stepsSchema = z.object({
  steps: z.record(z.string(), costSchema),
  /** Most memory of the process, in MiB. */
  peak: z.number(),
});
export type StepCosts = z.infer<typeof stepsSchema>;

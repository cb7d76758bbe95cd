import { openBooks } from "../../operations/bookkeeping.ts";
import { applyChange } from "../../operations/change-settings.ts";
import { planSettle } from "../../operations/settle.ts";
import { confirmPlan } from "../confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { warn } from "../warn.ts";

export interface SettleOptions {
  readonly stage: string;
  readonly reason?: string;
  readonly yes?: true;
}

/** Settles a flag in a stage, once it is confirmed. */
export async function settle(root: string, flag: string, { stage, reason, yes }: SettleOptions): Promise<number> {
  const change = await planSettle(root, stage, flag, new Date());
  await confirmPlan([`${stage}: settle ${flag}`, ...change.effects.map((effect) => `  ${effect}`)], `sluice settle ${flag} --stage ${stage}`, yes === true);
  const { update, seconds } = await applyChange(root, change, `sluice settle ${flag}`);
  const books = await openBooks(change.project, stage, change.stackFile);
  await books.record({
    operation: "settle",
    subject: flag,
    reason: reason ?? null,
    from: 100,
    to: "settled",
    gates: [],
    result: "done",
    update,
    durations: { active: seconds * 1000, waiting: 0 },
    details: { effects: [...change.effects] },
  });
  process.stdout.write(`settled in ${seconds.toFixed(1)} s, update ${update}; commit ${change.stackFile.path}\n`);
  warn(await books.close());
  return EXIT.ok;
}

import { openBooks } from "../../operations/bookkeeping.ts";
import { revive as bringBack, planRevive } from "../../operations/kill/revive.ts";
import { readRecordOrNull } from "../../operations/state-files.ts";
import { confirmPlan } from "../confirm.ts";
import { EXIT } from "../exit-codes.ts";
import { warn } from "../warn.ts";

export interface ReviveOptions {
  readonly stage: string;
  readonly reason: string;
  readonly yes?: true;
}

/** Ends a kill, once it is confirmed. */
export async function revive(root: string, name: string, { stage, reason, yes }: ReviveOptions): Promise<number> {
  const revival = await planRevive(root, stage, name, new Date());
  const plan = [`${stage}: revive ${revival.subject.name}`, ...revival.change.effects.map((effect) => `  ${effect}`)];
  await confirmPlan(plan, `sluice revive ${name} --stage ${stage} --reason ...`, yes === true);
  const { update, seconds } = await bringBack(root, revival, reason);
  const books = await openBooks(revival.change.project, stage, revival.change.stackFile);
  await books.record({
    operation: "revive",
    subject: revival.subject.name,
    reason,
    from: revival.subject.route === null ? 0 : "gone",
    to:
      revival.subject.route === null
        ? ((await readRecordOrNull(revival.change.project, stage).catch(() => null))?.exposures[revival.subject.flag] ?? null)
        : "there",
    gates: [],
    result: "done",
    update,
    durations: { active: seconds * 1000, waiting: 0 },
    details: { effects: [...revival.change.effects] },
  });
  process.stdout.write(`revived in ${seconds.toFixed(1)} s, update ${update}; commit ${revival.change.stackFile.path}\n`);
  warn(await books.close());
  return EXIT.ok;
}

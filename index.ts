import { parseConfig } from "./src/config/parse.ts";
import { readConfig } from "./src/config/read-config.ts";
import { readRecord } from "./src/config/read-record.ts";
import { renderFaults } from "./src/model/fault.ts";
import { checkOrder, neighbours } from "./src/plan/order.ts";
import { planRollout } from "./src/plan/plan.ts";
import { stageOutputs } from "./src/plan/stage-outputs.ts";
import { stageRecord } from "./src/plan/stage-record.ts";
import * as pulumi from "./src/pulumi.ts";
import { LocalStage } from "./src/targets/local/local-stage.ts";

const { raw, testerSecret } = readConfig();
const parsed = parseConfig(raw);
if (!parsed.ok) throw new pulumi.RunError(renderFaults("The config cannot be used", parsed.faults));
const { catalog, settings } = parsed.model;

const { current, previous } = neighbours(catalog, settings);
const order = checkOrder(catalog, settings, {
  current: current === null ? null : ((await readRecord(current))?.permitted ?? null),
  previous: previous === null ? null : ((await readRecord(previous))?.exposures ?? null),
  today: new Date().toISOString().slice(0, 10),
});
if (order.refusals.length > 0) throw new pulumi.RunError(renderFaults("The order of stages refuses this", order.refusals));
for (const { flag, refusal, reason } of order.overridden) await pulumi.warn(`${flag}: ${refusal}; overridden: ${reason}`);

const plan = planRollout(catalog, settings);
const record = stageRecord(plan, settings);
const deployed = new LocalStage(settings.stage, { plan, settings, record, testerSecret, root: pulumi.getRootDirectory() });

export const { stage, target, exposures, kills, overrides, url, visitors } = deployed.live.apply(() => stageOutputs(plan, settings));

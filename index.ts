import { parseConfig } from "./src/config/parse.ts";
import { readConfig } from "./src/config/read-config.ts";
import { FreezeFault, readGateFacts } from "./src/config/read-gate-facts.ts";
import { readRecord } from "./src/config/read-record.ts";
import { renderFaults } from "./src/model/fault.ts";
import { checkGates, neighbours } from "./src/plan/check-gates.ts";
import { planRollout } from "./src/plan/plan.ts";
import { stageOutputs } from "./src/plan/stage-outputs.ts";
import { stageRecord } from "./src/plan/stage-record.ts";
import * as pulumi from "./src/pulumi.ts";
import { LocalStage } from "./src/targets/local/local-stage.ts";

const { raw, testerSecret } = readConfig();
const parsed = parseConfig(raw);
if (!parsed.ok) throw new pulumi.RunError(renderFaults("The config cannot be used", parsed.faults));
const { catalog, settings } = parsed.model;
const root = pulumi.getRootDirectory();

const asked = neighbours(catalog, settings);
const read = async (stage: string | null) => (stage === null ? null : readRecord(stage));
const [current, previous] = await Promise.all([read(asked.current), read(asked.previous)]);
const facts = await readGateFacts(root, catalog, settings, { current, previous }, new Date()).catch((error: unknown) => {
  throw error instanceof FreezeFault ? new pulumi.RunError(renderFaults("The config cannot be used", error.faults)) : error;
});
const gates = checkGates(catalog, settings, facts);
if (gates.refusals.length > 0) throw new pulumi.RunError(renderFaults("The gates refuse this", gates.refusals));
for (const { flag, refusal, reason } of gates.overridden) await pulumi.warn(`${flag}: ${refusal}; overridden: ${reason}`);

const plan = planRollout(catalog, settings);
const deployed = new LocalStage(settings.stage, { plan, settings, record: stageRecord(plan, settings), testerSecret, root });

export const { stage, target, exposures, kills, overrides, url, visitors } = deployed.live.apply(() => stageOutputs(plan, settings));

import { readFile } from "node:fs/promises";
import { writeAtomically } from "../../../src/files/write-atomically.ts";
import { OperationError } from "../../../src/operations/errors.ts";
import { planRevive, revive } from "../../../src/operations/kill/revive.ts";
import { promote } from "../../../src/operations/promote/promote.ts";
import { isProven } from "../../../src/operations/rollback/proof.ts";
import { applyRollback, planRollback, type RollbackScope } from "../../../src/operations/rollback/rollback.ts";
import type { Selector } from "../../../src/operations/rollback/select-update.ts";
import { documentPath, killIn, reconciled } from "../kill.ts";
import type { TestProject } from "../project.ts";
import { writeSettings } from "../settings.ts";
import { mustUp, upArguments } from "../stage-commands.ts";
import { AGENT, type Settings, TRANSCRIPTS } from "./stage-model.ts";
import type { Step } from "./step.ts";

/** The path of the route that a drift brings. */
export const BY_HAND = "/by-hand";

/** Takes a step as a person would, in dev. @param after what the settings are to be, for those who write them by hand. @returns whether Sluice did it; false where it refused */
export async function doStep(test: TestProject, step: Step, after: Settings, onDrift: () => Promise<void>): Promise<boolean> {
  switch (step.kind) {
    case "set":
      await writeFlags(test, after);
      await mustUp(test);
      return true;
    case "promote": {
      const options = { stage: "dev", flag: step.flag, aim: { to: step.to, steps: null }, reason: null, signal: new AbortController().signal };
      const { end } = await promote(test.root, { ...options, confirm: async () => undefined }, () => undefined);
      if (end.result !== "done") throw new Error(JSON.stringify(end));
      return true;
    }
    case "kill":
      await reconciled(await killIn(test, step.flag));
      return true;
    case "revive":
      await revive(test.root, await planRevive(test.root, "dev", step.flag, new Date()), "a test");
      return true;
    case "rollback":
      return rollBack(test, { kind: "previous" }, { kind: "stage" });
    case "rollback to":
      return rollBack(test, { kind: "number", number: step.update }, { kind: "stage" });
    case "rollback flag":
      return rollBack(test, { kind: "previous" }, { kind: "flag", flag: step.flag });
    case "drift": {
      await drift(test);
      await onDrift();
      const { code, output } = await test.pulumi([...upArguments("dev"), "--refresh"]);
      if (code !== 0) throw new Error(output);
      return true;
    }
    default:
      return step satisfies never;
  }
}

/** Writes the settings of both flags into the stage's file, each as a number but for `true`, as a promotion does. */
export function writeFlags(test: TestProject, { agent, transcripts }: Settings): Promise<void> {
  const written = (exposure: number): number | boolean => (exposure === 100 ? true : exposure);
  return writeSettings(test.root, "dev", { flags: { [AGENT]: written(agent), [TRANSCRIPTS]: written(transcripts) } });
}

async function rollBack({ root }: TestProject, selector: Selector, scope: RollbackScope): Promise<boolean> {
  try {
    const { proof } = await applyRollback(root, await planRollback(root, "dev", selector, scope));
    if (!isProven(proof)) throw new Error(JSON.stringify(proof));
    return true;
  } catch (error) {
    if (error instanceof OperationError) return false;
    throw error;
  }
}

/** Puts a router into Traefik's document that no state knows. */
async function drift(test: TestProject): Promise<void> {
  const path = documentPath(test, "traefik", "dynamic.yaml");
  const text = await readFile(path, "utf8");
  const [service = ""] = /voice-api--[a-z-]+/.exec(text) ?? [];
  await writeAtomically(
    path,
    text.replace(/^ {2}routers:\n/m, `$&    mine:\n      rule: PathPrefix(\`${BY_HAND}\`)\n      service: ${service}\n      priority: 9999\n`),
    0o600,
  );
}

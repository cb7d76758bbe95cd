import type { StageStatus } from "../../operations/status/read-status.ts";
import { printable } from "../printable.ts";
import type { Tone } from "../style.ts";

/** Something of a stage that is not as it should be, with the way out. */
export interface Trouble {
  readonly tone: Tone;
  readonly text: string;
}

/** What is wrong with a stage, the worst first. */
export function troublesOf(stage: string, status: StageStatus): Trouble[] {
  const { faults, standingKills, halfDone, drift, locks, traefik, auditWarning, deployed } = status;
  const up = `npx pulumi up --stack ${stage}`;
  const strays = drift.filter(({ state }) => state === "stray").map(({ name }) => name);
  const drifted = drift
    .filter(({ state }) => state !== "stray")
    .map(({ name, path, state }) => `${name} ${state === "missing" ? "is missing" : "is not as deployed"} (${path})`);
  const troubles: (Trouble | null)[] = [
    ...faults.map(({ text }): Trouble => ({ tone: "bad", text })),
    ...standingKills.map(
      ({ subject }): Trouble => ({
        tone: "bad",
        text: `${subject} is killed, and no update has taken that up yet: npx sluice kill ${subject} --stage ${stage} --reason "take it up"`,
      }),
    ),
    halfDone === null ? null : { tone: "bad", text: `update ${halfDone} failed half-way: ${up}, or npx sluice rollback --stage ${stage}` },
    drifted.length === 0 ? null : { tone: "bad", text: driftText(drifted, standingKills.length > 0, up) },
    strays.length === 0 ? null : { tone: "bad", text: strayText(strays, up) },
    ...locks.map(({ who, dead }): Trouble => lockTrouble(stage, who, dead)),
    auditWarning === null ? null : { tone: "warning", text: auditWarning },
    traefik === null || traefik.reachable || deployed !== true ? null : { tone: "aside", text: `no Traefik answers at ${traefik.url}` },
  ];
  return troubles.filter((trouble) => trouble !== null).map(({ tone, text }) => ({ tone, text: text.split("\n").map(printable).join("\n") }));
}

/** A kill that stands is itself a difference between the documents and the state. */
function driftText(drifted: readonly string[], killed: boolean, up: string): string {
  return killed ? `drift, of which the kill may be the reason: ${drifted.join(", ")}` : `drift: ${drifted.join(", ")}; put it right: ${up} --refresh`;
}

/** What an update had made as it was killed is in the way of the next. */
function strayText(strays: readonly string[], up: string): string {
  return `in no state, though made for this stage: ${strays.join(", ")}; unless another folder deploys it: docker rm --force ${strays.join(" ")}, then ${up}`;
}

function lockTrouble(stage: string, who: string, dead: boolean): Trouble {
  return dead
    ? { tone: "bad", text: `locked by an update that was killed (${who}): npx pulumi cancel --stack ${stage}` }
    : { tone: "warning", text: `an update is under way (${who})` };
}

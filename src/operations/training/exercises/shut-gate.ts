import { type Exercise, FLAG, none } from "../exercise.ts";
import { answersAsPlanned, type Finding, runs, type Seen, stageOf } from "../seen.ts";

/** Someone other than whoever does the exercise. */
const REVIEWER = "reviewer@example.org";

export const shutGate: Exercise = {
  number: 5,
  title: "A gate refuses production: satisfy it",
  task: [
    `${FLAG} is on in dev and at 50 per cent in staging. Bring it to 25 per cent in production.`,
    "The gates refuse. Find out why, and satisfy each of them; an override is not the answer. A reviewer is whoever SLUICE_ACTOR says, and may not be the one who asks.",
  ],
  policy: { soak: { staging: "5s" }, review: true },
  failsWith: null,
  updates: [
    { stage: "dev", settings: { flags: { [FLAG]: true }, approvals: { [FLAG]: { by: REVIEWER } } } },
    { stage: "staging", settings: { flags: { [FLAG]: 50 }, approvals: { [FLAG]: { by: REVIEWER } } } },
    { stage: "production", settings: {} },
  ],
  spoil: none,
  judge: (seen) => [
    runs(seen, "staging", FLAG, 100),
    runs(seen, "production", FLAG, 25),
    approved(seen),
    withoutOverride(seen, "staging"),
    withoutOverride(seen, "production"),
    answersAsPlanned(seen, "production"),
  ],
};

function approved(seen: Seen): Finding {
  const approval = stageOf(seen, "production").facts.applied?.settings.approvals[FLAG];
  return { what: "someone has approved it for production", met: approval !== undefined, missing: `nobody has: npx sluice status --flag ${FLAG}` };
}

function withoutOverride(seen: Seen, stage: string): Finding {
  const { facts } = stageOf(seen, stage);
  const override = facts.applied?.settings.overrides[FLAG] ?? facts.model?.settings.overrides[FLAG];
  return {
    what: `${stage} has no override`,
    met: override === undefined,
    missing: `it has one: npx pulumi config rm --stack ${stage} --path 'overrides.${FLAG}'`,
  };
}

import { type Exercise, FLAG, none } from "../exercise.ts";
import { answersAsPlanned, audited, type Finding, runs, type Seen, since, stageOf } from "../seen.ts";

/** Someone other than whoever does the exercise. */
const REVIEWER = "reviewer@example.org";

export const shutGate: Exercise = {
  number: 5,
  title: "A gate refuses production: satisfy it",
  task: [
    `${FLAG} is on in dev and at 50 per cent in staging. Bring it to 25 per cent in production.`,
    "The gates refuse. Find out why, and satisfy each of them; an override is not the answer. A reviewer is whoever SLUICE_ACTOR says, and may not be the one who asks.",
  ],
  policy: { soak: { staging: "20s" }, review: true },
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
    audited(seen, "production", "approve", FLAG),
    withoutOverride(seen, "staging"),
    withoutOverride(seen, "production"),
    answersAsPlanned(seen, "production"),
  ],
};

/** Neither now nor in any update since the exercise began: what an override let in stays in. */
function withoutOverride(seen: Seen, stage: string): Finding {
  const { facts } = stageOf(seen, stage);
  const isSet = facts.model?.settings.overrides[FLAG] !== undefined;
  const used = since(seen, stage).some(({ config }) => overriddenIn(config));
  return {
    what: `${stage} has had no override`,
    met: !isSet && !used,
    missing: used
      ? "an update was made with one, and what it let in stays in: begin the exercise anew"
      : `it has one: npx pulumi config rm --stack ${stage} --path 'overrides.${FLAG}'`,
  };
}

function overriddenIn(config: Readonly<Record<string, unknown>>): boolean {
  return Object.entries(config).some(([key, value]) => key.endsWith(":overrides") && typeof value === "object" && value !== null && FLAG in value);
}

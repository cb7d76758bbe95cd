import { BYSTANDER, type Exercise, FLAG, none } from "../exercise.ts";
import { answersAsPlanned, audited, type Finding, runs, type Seen, stageOf } from "../seen.ts";

export const badRelease: Exercise = {
  number: 2,
  title: "A bad release: find it, and roll it back",
  task: [
    `In dev, ${FLAG} went to 25 per cent and ${BYSTANDER} to 50 per cent after it. Since then some requests fail with status 500.`,
    "Find out which flag is to blame, and roll back that one alone. The other one stays as it is.",
  ],
  policy: {},
  failsWith: FLAG,
  updates: [
    { stage: "dev", settings: {} },
    { stage: "dev", settings: { flags: { [FLAG]: 25 } } },
    { stage: "dev", settings: { flags: { [FLAG]: 25, [BYSTANDER]: 50 } } },
  ],
  spoil: none,
  judge: (seen) => [
    runs(seen, "dev", FLAG, 0),
    runs(seen, "dev", BYSTANDER, 50),
    audited(seen, "dev", "rollback", FLAG),
    nobodyFails(seen),
    answersAsPlanned(seen, "dev"),
  ],
};

function nobodyFails(seen: Seen): Finding {
  const { asked, failed } = stageOf(seen, "dev").newcomers;
  return {
    what: "no request of a newcomer fails",
    met: asked > 0 && failed === 0,
    missing: `${failed} of ${asked} failed; Traefik counts them by variant: curl the metrics of its API`,
  };
}

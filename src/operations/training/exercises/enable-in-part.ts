import { type Exercise, FLAG, none } from "../exercise.ts";
import { answersAsPlanned, fileAgrees, runs, updated } from "../seen.ts";

export const enableInPart: Exercise = {
  number: 1,
  title: "Enable a flag in part, and see who has it",
  task: [
    `${FLAG} is off in dev. Bring it to 25 per cent of the visitors, and no further.`,
    "Look at the preview first. Afterwards find out which of the five buckets have the flag, and what a visitor of each gets.",
  ],
  policy: {},
  failsWith: null,
  updates: [{ stage: "dev", settings: {} }],
  spoil: none,
  judge: (seen) => [updated(seen, "dev"), runs(seen, "dev", FLAG, 25), fileAgrees(seen, "dev"), answersAsPlanned(seen, "dev")],
};

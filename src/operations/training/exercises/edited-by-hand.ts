import { type Exercise, FLAG } from "../exercise.ts";
import { misroute } from "../faults.ts";
import { answersAsPlanned, nothingAstray, repaired, runs } from "../seen.ts";

export const editedByHand: Exercise = {
  number: 4,
  title: "Drift: someone has edited Traefik's document by hand",
  task: [
    `${FLAG} is at 25 per cent in dev, but visitors complain that it comes and goes: somebody has "quickly fixed" something on the machine.`,
    "Find out what is not as deployed, and put it right without changing who is meant to have the flag.",
  ],
  policy: {},
  failsWith: null,
  updates: [{ stage: "dev", settings: { flags: { [FLAG]: 25 } } }],
  spoil: (project) => misroute(project, "dev", "voice-api--base", "voice-api--elevenlabs-agent-enabled"),
  judge: (seen) => [nothingAstray(seen, "dev"), answersAsPlanned(seen, "dev"), runs(seen, "dev", FLAG, 25), repaired(seen, "dev")],
};

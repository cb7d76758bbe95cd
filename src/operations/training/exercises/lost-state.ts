import { editStackFile } from "../../stack-file.ts";
import { BYSTANDER, type Exercise, FLAG } from "../exercise.ts";
import { loseState } from "../faults.ts";
import { answersAsPlanned, type Finding, fileAgrees, nothingAstray, runs, type Seen, stageOf, updated } from "../seen.ts";

export const lostState: Exercise = {
  number: 6,
  title: "A broken config and a lost state",
  task: [
    `${FLAG} was at 25 per cent in dev. Then a disk ran full: the state file of dev is gone, and Pulumi.dev.yaml says something that cannot be.`,
    "Visitors are served all the same. Put an earlier state back, mend the file, and show with an update that the stage is in hand again, with the flag at 25 per cent.",
  ],
  policy: {},
  failsWith: null,
  updates: [
    { stage: "dev", settings: {} },
    { stage: "dev", settings: { flags: { [FLAG]: 25 } } },
  ],
  async spoil(project) {
    await loseState(project, "dev");
    await editStackFile(project, "dev", (config) => ({ ...config, [`${project.name}:flags`]: { ELEVENLABS_AGENT_ENABELD: 30 } }));
  },
  judge: (seen) => [
    stateIsThere(seen),
    fileAgrees(seen, "dev"),
    runs(seen, "dev", FLAG, 25),
    updated(seen, "dev"),
    nothingAstray(seen, "dev"),
    answersAsPlanned(seen, "dev"),
  ],
};

/** A state made anew counts from its own beginning since when each flag is as it is. */
function stateIsThere(seen: Seen): Finding {
  const { stateKnown, record } = stageOf(seen, "dev").facts;
  const counted = record?.since[BYSTANDER];
  const there = stateKnown && record !== null;
  return {
    what: "an earlier state of dev was put back",
    met: there && counted !== undefined && new Date(counted) <= seen.started,
    missing: there
      ? "the state that is there was made anew, so nothing is known of before: begin the exercise anew"
      : "it is not there; docs/state.md says where earlier ones are",
  };
}

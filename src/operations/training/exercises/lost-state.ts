import { editStackFile } from "../../stack-file.ts";
import { type Exercise, FLAG } from "../exercise.ts";
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

function stateIsThere(seen: Seen): Finding {
  const { stateKnown, record } = stageOf(seen, "dev").facts;
  return { what: "the state of dev can be read", met: stateKnown && record !== null, missing: "it is not there; docs/state.md says where earlier ones are" };
}

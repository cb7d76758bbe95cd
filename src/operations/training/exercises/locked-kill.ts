import { type Exercise, FLAG } from "../exercise.ts";
import { lockStack } from "../faults.ts";
import { audited, type Finding, nothingAstray, runs, type Seen, stageOf, unlocked } from "../seen.ts";

export const lockedKill: Exercise = {
  number: 3,
  title: "Kill a route while the stack is locked",
  task: [
    `${FLAG} is on in dev, and its route /agent gives away what it should not. Take that route away at once; the flag stays on.`,
    "An update on another machine was killed and has left its lock. When visitors are safe, bring the state along too, so that the next update has nothing to do.",
  ],
  policy: {},
  failsWith: null,
  updates: [{ stage: "dev", settings: { flags: { [FLAG]: true } } }],
  spoil: (project) => lockStack(project, "dev"),
  judge: (seen) => [
    routeIsGone(seen),
    audited(seen, "dev", "kill", `${FLAG}/agent`),
    unlocked(seen, "dev"),
    applied(seen),
    nothingAstray(seen, "dev"),
    runs(seen, "dev", FLAG, 100),
  ],
};

function routeIsGone(seen: Seen): Finding {
  const status = stageOf(seen, "dev").gatedStatus;
  const missing = status === null ? "no Traefik answers: is the exercise still running in its terminal?" : `it answers with status ${status}`;
  return { what: "/agent is not there any more", met: status === 404, missing };
}

function applied(seen: Seen): Finding {
  const kill = stageOf(seen, "dev").facts.applied?.settings.kill[FLAG];
  return {
    what: "an update has taken the kill up",
    met: Array.isArray(kill) && kill.includes("agent"),
    missing: "none has: the kill itself says what is left to do",
  };
}

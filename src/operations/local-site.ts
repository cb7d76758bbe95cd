import { join } from "node:path";
import { inTurn } from "../files/in-turn.ts";
import { standingKillsPath } from "../files/stage-folder.ts";
import { editStandingKills, readStandingKills } from "../files/standing-kills.ts";
import type { Edge } from "../model/target.ts";
import { compareRouters } from "./compare-routers.ts";
import { findDrift } from "./drift.ts";
import { READ_HERE, takeTrafficOff } from "./kill/fast-path.ts";
import { runningRouters } from "./probe.ts";
import type { Site } from "./site.ts";

/** A stage whose Traefik reads its document from a folder of this machine. */
export function localSite(folder: string, edges: readonly Edge[], readers = READ_HERE): Site {
  const kills = standingKillsPath(folder);
  return {
    edges,
    standingKills: { place: kills, read: () => readStandingKills(kills), edit: (change) => editStandingKills(kills, change) },
    findDrift,
    async lookAtRouters({ api }) {
      const routers = api === null ? null : await runningRouters(api);
      return routers === null ? null : { routers, compare: (checkpoint) => compareRouters(checkpoint, routers) };
    },
    // A turn among kills; what they and updates write has one of its own.
    takeTrafficOff: (kill, started) => inTurn(join(folder, "kills"), () => takeTrafficOff({ folder, admin: edges[0]?.api ?? "", ...readers }, kill, started)),
    // What writes the document leaves out whatever stands, however long it has been under way.
    keepOff: async () => undefined,
  };
}

import { z } from "zod/mini";
import { readIfThere } from "../../../files/read-if-there.ts";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { withdrawFromFlagd } from "../../../flagd/withdraw.ts";
import { killProperties, writeUnderKills } from "./beyond-config.ts";
import { provide } from "./resource-kind.ts";

const schema = z.object({ path: z.string(), content: z.string(), ...killProperties });

/** The flagd document of a stage. */
export const flagdFile = provide({
  schema,
  write: (next) =>
    writeUnderKills(next, (kills) => {
      const gone = kills.flatMap(({ flags }) => flags);
      return writeAtomically(next.path, gone.length === 0 ? next.content : withdrawFromFlagd(next.content, gone), 0o644);
    }),
  read: ({ path }) => readIfThere(path),
});

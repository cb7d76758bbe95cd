import { z } from "zod/mini";
import { writeAtomically } from "../../../files/write-atomically.ts";
import { withdrawFromFlagd } from "../../../flagd/withdraw.ts";
import { killProperties, writeUnderKills } from "./beyond-config.ts";
import { publish, publishProperties } from "./containers.ts";
import { provide } from "./resource-kind.ts";
import { readContent } from "./text-file.ts";

const schema = z.object({ path: z.string(), content: z.string(), ...killProperties, ...publishProperties });

/** The flagd document of a stage. */
export const flagdFile = provide({
  schema,
  write: (next) =>
    writeUnderKills(next, async (kills) => {
      const gone = kills.flatMap(({ flags }) => flags);
      const text = gone.length === 0 ? next.content : withdrawFromFlagd(next.content, gone);
      await publish(next, text, 0o644);
      await writeAtomically(next.path, text, 0o644);
    }),
  read: readContent,
});

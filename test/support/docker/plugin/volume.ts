import { z } from "zod";
import { isGone } from "./gone.ts";
import type { Kind } from "./main.ts";

const args = z.strictObject({ name: z.string(), labels: z.array(z.strictObject({ label: z.string(), value: z.string() })).default([]) });

/** A volume; arguments that Sluice does not use are refused. */
export const volume: Kind = {
  file: "volume",
  args: "VolumeArgs",
  inPlace: [],
  deleteBeforeReplace: false,
  async create({ docker }, inputs) {
    const { name, labels } = args.parse(inputs);
    await docker.createVolume({ Name: name, Labels: Object.fromEntries(labels.map(({ label, value }) => [label, value])) });
    return { id: name, outputs: args.parse(inputs) };
  },
  async read({ docker }, id) {
    const found = await docker.getVolume(id).inspect().catch(isGone);
    return found === null ? null : { inputs: {}, outputs: {} };
  },
  async delete({ docker }, id) {
    await docker.getVolume(id).remove().catch(isGone);
  },
};

import { z } from "zod";
import { isGone } from "./gone.ts";
import type { Kind } from "./main.ts";

const args = z.strictObject({ name: z.string(), labels: z.array(z.strictObject({ label: z.string(), value: z.string() })).default([]) });

/** A network; arguments that Sluice does not use are refused. */
export const network: Kind = {
  file: "network",
  args: "NetworkArgs",
  inPlace: [],
  deleteBeforeReplace: false,
  async create({ docker }, inputs) {
    const { name, labels } = args.parse(inputs);
    const made = await docker.createNetwork({ Name: name, CheckDuplicate: true, Labels: Object.fromEntries(labels.map(({ label, value }) => [label, value])) });
    return { id: made.id, outputs: args.parse(inputs) };
  },
  async read({ docker }, id) {
    const found = await docker.getNetwork(id).inspect().catch(isGone);
    return found === null ? null : { inputs: {}, outputs: {} };
  },
  async delete({ docker }, id) {
    await docker.getNetwork(id).remove().catch(isGone);
  },
};

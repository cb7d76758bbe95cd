import { z } from "zod";
import { isGone } from "./gone.ts";
import type { Engine, Kind } from "./main.ts";

const args = z.strictObject({ name: z.string(), keepLocally: z.boolean().default(false) });

/** An image: the one that the engine has by that name, or else the registry's. */
export const image: Kind = {
  file: "remoteImage",
  args: "RemoteImageArgs",
  inPlace: ["keepLocally"],
  deleteBeforeReplace: false,
  async create(engine, inputs) {
    const { name } = args.parse(inputs);
    const found = (await look(engine, name)) ?? (await pull(engine, name));
    return { id: `${found.imageId}${name}`, outputs: { ...args.parse(inputs), ...found } };
  },
  async read(engine, _id, inputs) {
    const found = await look(engine, args.pick({ name: true }).loose().parse(inputs).name);
    return found === null ? null : { inputs: {}, outputs: found };
  },
  async delete({ docker }, _id, outputs) {
    const { name, keepLocally } = z.looseObject({ name: z.string(), keepLocally: z.boolean().default(false) }).parse(outputs);
    if (!keepLocally) await docker.getImage(name).remove().catch(isGone);
  },
};

interface Found extends Record<string, unknown> {
  readonly imageId: string;
  readonly repoDigest: string;
}

async function look({ docker }: Engine, name: string): Promise<Found | null> {
  const found = await docker.getImage(name).inspect().catch(isGone);
  return found === null ? null : { imageId: found.Id, repoDigest: found.RepoDigests[0] ?? "" };
}

async function pull(engine: Engine, name: string): Promise<Found> {
  const credentials = engine.registries.find(({ address }) => name.startsWith(`${address}/`));
  const authconfig =
    credentials === undefined ? {} : { authconfig: { username: credentials.username, password: credentials.password, serveraddress: credentials.address } };
  try {
    const progress = await engine.docker.pull(name, authconfig);
    await new Promise((resolve, reject) => {
      engine.docker.modem.followProgress(progress, (error) => (error === null ? resolve(null) : reject(error)));
    });
  } catch (error) {
    throw new Error(`Unable to read Docker image into resource: unable to pull image ${name}: ${error instanceof Error ? error.message : String(error)}`);
  }
  const found = await look(engine, name);
  if (found === null) throw new Error(`unable to find or pull image ${name}`);
  return found;
}

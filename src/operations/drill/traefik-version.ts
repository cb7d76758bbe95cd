import { z } from "zod";
import { ask } from "../../net/ask.ts";

const schema = z.looseObject({ Version: z.string() });

/** The version of the Traefik that answers at an address of its API; null where none does. */
export async function traefikVersion(admin: string): Promise<string | null> {
  const { status, body } = await ask(admin, { path: "/api/version" });
  if (status !== 200) return null;
  try {
    return schema.parse(JSON.parse(body)).Version;
  } catch {
    return null;
  }
}

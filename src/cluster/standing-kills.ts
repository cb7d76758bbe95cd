import { z } from "zod/mini";
import { isSame, parseStandingKills, type StandingKill, standingKillsText } from "../files/standing-kills.ts";
import { labelsOf } from "../kubernetes/labels.ts";
import { STANDING_KILLS } from "../kubernetes/names.ts";
import type { ClusterClient } from "./client.ts";
import { isProblem } from "./errors.ts";
import type { ObjectReference } from "./kinds.ts";

/** The key under which the ConfigMap has them. */
const KEY = "kills.json";
/** How often an edit begins anew because someone else was quicker. */
const TRIES = 20;

const schema = z.object({ metadata: z.object({ resourceVersion: z.string() }), data: z._default(z.record(z.string(), z.string()), {}) });

/** The kills of a namespace that no update has taken up yet. @throws ClusterError; Error when what is there cannot be used */
export async function readClusterKills(client: ClusterClient, namespace: string): Promise<readonly StandingKill[]> {
  return (await readVersion(client, namespace)).kills;
}

/** Changes the standing kills from what they are at that moment; the last one takes the ConfigMap with it. @throws as readClusterKills does */
export async function editClusterKills(
  client: ClusterClient,
  { namespace, stage }: { readonly namespace: string; readonly stage: string },
  edit: (kills: readonly StandingKill[]) => readonly StandingKill[],
): Promise<void> {
  const reference = referenceIn(namespace);
  for (let tries = 1; ; tries += 1) {
    const { kills, version } = await readVersion(client, namespace);
    if (isSame(kills, edit)) return;
    const wanted = edit(kills);
    const data = { [KEY]: standingKillsText(wanted) };
    try {
      if (version === null) {
        const { apiVersion, kind, name } = reference;
        await client.create({ apiVersion, kind, metadata: { name, namespace, labels: labelsOf(stage, null) }, data });
      } else if (wanted.length === 0) await client.delete(reference, version);
      else await client.patch(reference, { metadata: { resourceVersion: version }, data });
      return;
    } catch (error) {
      const raced = isProblem(error, "outdated") || isProblem(error, "exists") || isProblem(error, "not-found");
      if (!raced || tries === TRIES) throw error;
    }
  }
}

async function readVersion(client: ClusterClient, namespace: string): Promise<{ readonly kills: readonly StandingKill[]; readonly version: string | null }> {
  const found = await client.find(referenceIn(namespace), schema);
  if (found === null) return { kills: [], version: null };
  const kills = parseStandingKills(found.data[KEY] ?? "");
  if (kills === null) {
    throw new Error(
      `The ConfigMap ${STANDING_KILLS} in namespace ${namespace} of cluster ${client.context} is no list of kills. See that the stage's config kills what must stay off, delete it, then run \`pulumi up\` again.`,
    );
  }
  return { kills, version: found.metadata.resourceVersion };
}

function referenceIn(namespace: string): ObjectReference {
  return { apiVersion: "v1", kind: "ConfigMap", namespace, name: STANDING_KILLS };
}

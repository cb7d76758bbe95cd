import { join } from "node:path";
import { z } from "zod/mini";
import type { StandingKill } from "../../files/standing-kills.ts";
import { OperationError } from "../errors.ts";
import { findSite } from "../find-site.ts";
import type { Update } from "../history.ts";
import { fromOwnFile } from "../own-files.ts";
import { type Project, readProject, readStackFile, type StackFile } from "../project-file.ts";
import { editStackFile } from "../stack-file.ts";
import { findSubject, type Subject } from "./subject.ts";

/** What happens in a kill, in its order. */
export type KillEvent =
  | { readonly kind: "copies-set-aside"; readonly names: readonly string[] }
  | { readonly kind: "traffic-off"; readonly subject: string; readonly flags: readonly string[]; readonly after: number | null }
  | { readonly kind: "stranded"; readonly variants: readonly string[] }
  | { readonly kind: "config-written"; readonly path: string }
  /** An update that began before holds the stage: it is waited for, and what it brings back is taken off again. */
  | { readonly kind: "guarding"; readonly who: string }
  /** `ahead` names what the files say beyond it, which the next update applies. */
  | { readonly kind: "reconciled"; readonly seconds: number; readonly ahead: readonly string[] }
  | { readonly kind: "left"; readonly reason: string; readonly command: string };

/** A kill that has taken effect; the state does not know of it yet. */
export interface Kill {
  readonly project: Project;
  readonly stage: string;
  readonly subject: Subject;
  /** Null where it could not be read. */
  readonly stackFile: StackFile | null;
  /** Milliseconds until Traefik routed without it; null when none is running. */
  readonly trafficOff: number | null;
  readonly stranded: readonly string[];
}

/**
 * Takes traffic off a flag or a route at once, then writes the kill into the stage's config. Asks no gate,
 * no engine and no state; `reconcile` brings these along.
 * @throws OperationError when there is no such stage, flag or route
 */
export async function kill(root: string, stage: string, name: string, started: number, onEvent: (event: KillEvent) => void): Promise<Kill> {
  const project = await readProject(root);
  // What a person has just spoilt in the files is in the way of no kill: what was deployed says it too.
  const deployed = async (): Promise<Update | undefined> => {
    const { lastApplied, readHistory } = await import("../history.ts");
    return lastApplied(await readHistory(project, stage).catch(() => []));
  };
  const catalog = await catalogFor(project, deployed);
  if (!catalog.stages.includes(stage)) throw new OperationError("config", `There is no stage ${stage}; the catalogue has ${catalog.stages.join(", ")}.`);
  const subject = findSubject(catalog, name);
  const stackFile = await readStackFile(project, stage).catch(onlyKnown);
  const site = (await findSite(project, stage, stackFile, undefined)) ?? (await findSite(project, stage, null, await deployed()));
  if (site === null) {
    throw new OperationError(
      "config",
      `Nothing says where ${stage} is: neither Pulumi.${stage}.yaml nor its history. Put the file back from version control, then run this again.`,
    );
  }
  const path = join(project.root, `Pulumi.${stage}.yaml`);
  const off = await site.takeTrafficOff(standing(subject), started).catch((error: unknown) => {
    throw new OperationError("engine", stillOn(subject, path, stage, error instanceof Error ? error.message : String(error)));
  });
  if (off.untaken === null) onEvent({ kind: "traffic-off", subject: subject.name, flags: subject.flags, after: off.after });
  if (off.setAside !== undefined && off.setAside.length > 0) onEvent({ kind: "copies-set-aside", names: off.setAside });
  if (off.stranded.length > 0) onEvent({ kind: "stranded", variants: off.stranded });
  const command = `npx pulumi up --stack ${stage}`;
  try {
    await editStackFile(project, stage, (config) => withKill(config, project.name, subject));
    onEvent({ kind: "config-written", path });
  } catch (error) {
    if (!(error instanceof OperationError)) throw error;
    onEvent({ kind: "left", reason: `the kill is not in ${path} yet: ${error.message}`, command: `npx sluice kill ${name} --stage ${stage} again` });
  }
  if (off.flagd !== null) onEvent({ kind: "left", reason: `the flagd document still has ${subject.name}: ${off.flagd}`, command });
  if (off.untaken !== null) {
    throw new OperationError(
      "engine",
      `${subject.name} is killed in ${path}, but ${off.untaken} Then run: ${off.lost === true ? `npx pulumi up --refresh --stack ${stage}` : command}`,
    );
  }
  return { project, stage, subject, stackFile, trafficOff: off.after, stranded: off.stranded };
}

const flagSchema = z.object({ requires: z._default(z.array(z.string()), []), routes: z._default(z.record(z.string(), z.unknown()), {}) });
const catalogSchema = z.object({ stages: z.array(z.string()), flags: z.record(z.string(), flagSchema) });

/**
 * What a kill has to know of the catalogue, and no more: it is not checked as a whole, because that takes time
 * and other faults of it do not matter. As it was deployed where the project's file does not say.
 */
async function catalogFor(project: Project, deployed: () => Promise<Update | undefined>): Promise<z.output<typeof catalogSchema>> {
  for (const written of [() => project.catalog, async () => (await deployed())?.config[`${project.name}:catalog`]]) {
    const catalog = catalogSchema.safeParse(wholeOrNull(project, await written()));
    if (catalog.success) return catalog.data;
  }
  throw new OperationError(
    "config",
    "Neither Pulumi.yaml nor a file that it names for the catalogue says which stages and flags there are. Put it back from version control, then run this again.",
  );
}

function wholeOrNull({ root }: Project, catalog: unknown): unknown {
  try {
    return fromOwnFile(root, "catalog", catalog);
  } catch (error) {
    return onlyKnown(error);
  }
}

function onlyKnown(error: unknown): null {
  if (error instanceof OperationError) return null;
  throw error;
}

function stillOn({ name }: Subject, path: string, stage: string, reason: string): string {
  return `Nothing was changed, and visitors see ${name} as before: ${reason} Mend that (npx pulumi up --refresh --stack ${stage} writes a spoilt document anew) and run this again; or write the kill into ${path} by hand, then: npx pulumi up --stack ${stage}`;
}

/** A kill as it stands against updates that do not know of it. */
export function standing({ name, flags, route }: Subject): StandingKill {
  return { subject: name, flags, routes: route === null ? [] : [name] };
}

/** The kills of a stage's config, as they are written there. */
export const killSchema = z.record(z.string(), z.union([z.literal(true), z.array(z.string())]));

/** A stage's config with a kill beside those that it has. */
export function withKill(config: Readonly<Record<string, unknown>>, project: string, { flag, route }: Subject): Record<string, unknown> {
  const key = `${project}:kill`;
  const kills = killSchema.safeParse(config[key] ?? {});
  const known = kills.success ? kills.data : {};
  const own = known[flag];
  const value = route === null || own === true ? true : [...new Set([...(own ?? []), route])].sort();
  return { ...config, [key]: { ...known, [flag]: value } };
}

import { isByDigest } from "../src/model/docker-target.ts";
import { at, isText, listAt, podTemplateOf, type SeenResource, textAt } from "./seen-resource.ts";

/** What the rules know of a flag, from the catalogue. */
export interface FlagOwnership {
  readonly owner?: string | undefined;
  /** Its last day, as in 2026-01-31. */
  readonly expires?: string | undefined;
}

const DAY = 86_400_000;
/** What an engine calls an image that it has. */
const IMAGE_ID = /^sha256:[0-9a-f]{64}/;

/**
 * What is exposed without someone who answers for it, or for longer than agreed. A written override lets an expired
 * flag through its gate; it does not let it through here.
 * @param exposures per cent of visitors by flag
 * @param longest days from today to the last day at most
 * @returns one text for each flag that breaks the rule
 */
export function unownedExposures(
  exposures: Readonly<Record<string, number>>,
  flags: Readonly<Record<string, FlagOwnership>>,
  longest: number,
  now: Date,
): string[] {
  return Object.entries(exposures).flatMap(([flag, exposure]) => {
    if (exposure === 0) return [];
    const { owner = "", expires } = flags[flag] ?? {};
    const left = Math.floor((Date.parse(expires ?? "") - now.getTime()) / DAY) + 1;
    const faults = [
      ...(owner.trim() === "" ? ["has no owner"] : []),
      ...(Number.isNaN(left) ? ["has no last day"] : left < 0 ? [`had its last day on ${expires ?? ""}`] : []),
      ...(left > longest ? [`has its last day in ${left} days, ${longest} are allowed`] : []),
    ];
    return faults.map((fault) => `${flag} is on for ${exposure}% of visitors and ${fault}; mend flags.${flag} in Pulumi.yaml, or turn it off`);
  });
}

/** Images that can become others under the same name. @returns one text for each */
export function movingImages(resources: readonly SeenResource[]): string[] {
  return resources.flatMap(({ type, name, props }) =>
    imagesOf(type, props)
      .filter((image) => !isByDigest(image) && !IMAGE_ID.test(image))
      .map((image) => `${name} runs ${image}, whose tag may move; name it by digest, name@sha256:…`),
  );
}

/** The images that a resource runs, as far as they are known before it is made. */
function imagesOf(type: string, props: Readonly<Record<string, unknown>>): string[] {
  if (type === "docker:index/remoteImage:RemoteImage") return [textAt(props, "name")].filter((image) => image !== "");
  if (type === "docker:index/container:Container") return [textAt(props, "image")].filter((image) => image !== "");
  if (!/^kubernetes:(apps|batch|core)\//.test(type)) return [];
  return ["initContainers", "containers"]
    .flatMap((list) => listAt(at(podTemplateOf(props), "spec"), list).map((container) => at(container, "image")))
    .filter(isText);
}

/**
 * Whether a stage that shows something has a rehearsed way back.
 * @param drills when a rollback was last rehearsed with success, by stage
 * @param longest days that a drill counts
 * @returns the text of the fault, or null
 */
export function missingDrill(
  stage: string,
  exposures: Readonly<Record<string, number>>,
  drills: Readonly<Record<string, Date>>,
  longest: number,
  now: Date,
): string | null {
  if (Object.values(exposures).every((exposure) => exposure === 0)) return null;
  const newest = Object.values(drills).reduce<Date | null>((last, at) => (last === null || at > last ? at : last), null);
  if (newest !== null && now.getTime() - newest.getTime() <= longest * DAY) return null;
  const last = newest === null ? "no drill is on record" : `the last drill on record was on ${newest.toISOString().slice(0, 10)}`;
  return `${stage} shows a flag, and ${last}; rehearse the rollback within ${longest} days before: npx sluice drill --stage <the stage before ${stage}>`;
}

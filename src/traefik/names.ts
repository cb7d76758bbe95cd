import { randomBytes } from "node:crypto";

/** The Traefik service of a variant. */
export function variantService(service: string, variant: string): string {
  return `${service}--${variant}`;
}

/** The Traefik service that gives a newcomer this bucket. */
export function bucketService(service: string, bucket: number): string {
  return `${service}.bucket-${bucket}`;
}

/** The Traefik service that spreads newcomers over the buckets; only where there is more than one cohort. */
export function newcomerService(service: string): string {
  return `${service}.newcomers`;
}

/** Prefix of the middleware by whose presence a running Traefik shows which document it has taken. */
export const REVISION_PREFIX = "revision-";
/** Stands where the revision goes: the target gives each writing of a document one of its own. */
export const REVISION_PLACEHOLDER = "${revision}";
/** A revision that no other writing has: twelve hexadecimal digits, the first a letter, because YAML takes 33610241e508 for a number. */
export function newRevision(): string {
  return `a${randomBytes(6).toString("hex").slice(1)}`;
}

/** Finds the marker middleware in a written document; its first group is the revision. */
export const MARKER = new RegExp(`${REVISION_PREFIX}([0-9a-f]{12})`);

/** The marker middleware of a written document; null where it has none. */
export function markerIn(text: string | null): string | null {
  return MARKER.exec(text ?? "")?.[0] ?? null;
}

import type { Catalog } from "../model/catalog.ts";
import { shortHash } from "../plan/canonical.ts";

const LONGEST = 200;

/** Text of a person's as a single line without control characters, 200 characters at most. */
export function singleLine(text: string): string {
  const line = text
    .toWellFormed()
    .replaceAll(/[\p{Cc}\p{Cf}\p{Zl}\p{Zp}\s]+/gu, " ")
    .trim();
  return line.slice(0, LONGEST).toWellFormed();
}

/** How an owner is called in labels. */
export function ownerLabel(owner: string): string {
  return singleLine(owner) || "unnamed";
}

/** How an owner is called where only lower-case letters, digits and hyphens are allowed: cut with a hash where that loses something. */
export function ownerSlug(owner: string): string {
  const slug = owner
    .toLowerCase()
    .replaceAll(/[^a-z0-9]+/g, "-")
    .replaceAll(/^-|-$/g, "")
    .slice(0, 40);
  return slug === owner ? slug : `${slug}-${shortHash(owner)}`.replace(/^-/, "");
}

/** The owners of a catalogue's flags as labels, sorted. */
export function ownersOf(catalog: Pick<Catalog, "flags">): string[] {
  return [...new Set(Object.values(catalog.flags).map(({ owner }) => ownerLabel(owner)))].sort();
}

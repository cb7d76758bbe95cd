import type { Who } from "../operations/audit/who-made.ts";
import { printable } from "./printable.ts";

/** Such as `ann@example.org`, or `ann@example.org (commit)` where only a commit says who; empty where nothing does. */
export function renderWho(who: Who | null): string {
  return who === null ? "" : withSource(who, who.name);
}

/** The same without what follows an `@`, at most this many characters long. */
export function shortWho(who: Who | null, longest: number): string {
  if (who === null) return "";
  const [name = ""] = who.name.split("@");
  const room = longest - withSource(who, "").length;
  return withSource(who, name.length > room ? `${name.slice(0, room - 1)}…` : name);
}

function withSource({ source }: Who, name: string): string {
  return printable(source === "commit" ? `${name} (commit)` : name);
}

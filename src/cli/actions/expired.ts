import parseDuration from "parse-duration";
import { OperationError } from "../../operations/errors.ts";
import type { Remnants } from "../../operations/expiry/find-remnants.ts";
import type { Reason } from "../../operations/expiry/find-spent-flags.ts";
import { readSpentFlags, type SpentFlags } from "../../operations/expiry/read-spent-flags.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { paint } from "../style.ts";

export interface ExpiredOptions {
  readonly within: string;
  readonly for: string;
  readonly check?: true;
  readonly json?: true;
}

/** Names flags that have had their time, and what is left of each. @returns 3 with `--check` when there is one */
export async function expired(root: string, options: ExpiredOptions, now: Date): Promise<number> {
  const found = await readSpentFlags(root, now, { within: durationOf("--within", options.within), long: durationOf("--for", options.for) });
  if (options.json === true) printJson(found);
  else process.stdout.write(`${renderSpentFlags(found)}\n`);
  return options.check === true && found.flags.length > 0 ? EXIT.refused : EXIT.ok;
}

/** A span in milliseconds. @throws OperationError on any other text */
function durationOf(option: string, text: string): number {
  const duration = /^\d{1,6}(s|m|h|d)$/.test(text) ? parseDuration(text) : null;
  if (duration === null) throw new OperationError("config", `${option} ${text} is no span of time, such as 30d or 12h.`);
  return duration;
}

/** One paragraph a flag: why it is named, then everything that goes with it. */
export function renderSpentFlags({ flags, notes }: SpentFlags): string {
  const paragraphs = flags.map(({ flag, reasons, remnants }) =>
    [`${paint("strong", flag)}: ${reasons.map(renderReason).join("; ")}`, ...adviceOf(flag, reasons), ...renderRemnants(remnants)].join("\n"),
  );
  const asides = notes.length === 0 ? [] : [notes.map((note) => paint("aside", note)).join("\n")];
  return [...(flags.length === 0 ? ["No flag has had its time."] : paragraphs), ...asides].join("\n\n");
}

function renderReason(reason: Reason): string {
  switch (reason.kind) {
    case "expired":
      return `expired on ${reason.on}`;
    case "expires":
      return `expires on ${reason.on}, in ${reason.days} ${reason.days === 1 ? "day" : "days"}`;
    case "everywhere":
      return `on for everyone in every stage since ${dayOf(reason.since)}`;
    case "never":
      return `never used since it came on ${dayOf(reason.since)}`;
    case "killed":
      return `killed in ${reason.stage} since ${dayOf(reason.since)}`;
    default: {
      const never: never = reason;
      return never;
    }
  }
}

function adviceOf(flag: string, reasons: readonly Reason[]): string[] {
  const kinds = reasons.map(({ kind }) => kind);
  if (kinds.includes("everywhere")) return ["  keep the code as it runs with the flag on, and remove the flag:"];
  if (kinds.includes("never") || kinds.includes("killed")) return ["  remove the flag with the code that runs with it on, or say when it will be used:"];
  return [`  finish its rollout, or move its date (catalog.flags.${flag}.expires), or remove it:`];
}

function renderRemnants({ config, services, routes }: Remnants): string[] {
  return [
    ...config.map(({ file, paths }) => `  ${file}: ${paths.join(", ")}`),
    ...services.map(({ service, reads }) => `  ${service}: its code reads ${reads}`),
    ...routes.map(({ route, rule, service }) => `  route ${route} ends with it; to keep it, take ${rule} into the rule of ${service} first`),
  ];
}

function dayOf(date: Date): string {
  return date.toISOString().slice(0, 10);
}

import type { EntryDraft, GateFact, Link } from "../audit/entry.ts";

/** The body of an incoming webhook, as Slack takes it: https://docs.slack.dev/messaging/sending-messages-using-incoming-webhooks */
export interface Message {
  /** What a notification shows, and what clients without blocks show. */
  readonly text: string;
  readonly blocks: readonly unknown[];
}

/** What people are told of. */
export type Notice =
  | {
      readonly kind: "started";
      readonly stage: string;
      readonly operation: EntryDraft["operation"];
      readonly subject: string | null;
      readonly by: string;
      readonly reason: string | null;
      readonly from: EntryDraft["from"];
      readonly to: EntryDraft["to"];
    }
  | { readonly kind: "breached"; readonly stage: string; readonly subject: string; readonly figures: readonly string[]; readonly next: string }
  /** `head`: the entry in the audit; told elsewhere, its hash is an anchor for the chain. Null when it could not be written. */
  | { readonly kind: "ended"; readonly entry: EntryDraft; readonly head: Link | null };

/** Slack's limits are 3000 characters a section and 2000 a field; an escaped character may take five. */
const LONGEST = 390;
const MOST_LINES = 5;

/** Gives the message for a notice, in Slack's mrkdwn, with everything that comes from people escaped. */
export function describeNotice(notice: Notice): Message {
  switch (notice.kind) {
    case "started": {
      const { stage, operation, subject, by, reason, from, to } = notice;
      return message(
        `${stage}: ${nameOf(operation, subject)} started`,
        [
          ["who", by],
          ["what", change(from, to)],
          ["why", reason],
        ],
        [],
      );
    }
    case "breached": {
      const { stage, subject, figures, next } = notice;
      return message(`:rotating_light: ${stage}: ${subject} is in breach; ${next}`, [], figures);
    }
    case "ended": {
      const { entry, head } = notice;
      const mark = entry.result === "done" ? ":white_check_mark:" : ":warning:";
      const fields: Field[] = [
        ["who", entry.by],
        ["what", change(entry.from, entry.to)],
        ["why", entry.reason],
      ];
      if (entry.update !== null) fields.push(["update", String(entry.update)]);
      const context = head === null ? "not in the audit: it could not be written" : `audit ${head.sequence} ${head.hash}`;
      return message(`${mark} ${entry.stage}: ${nameOf(entry.operation, entry.subject)}: ${entry.result}`, fields, open(entry.gates), context);
    }
    default:
      return notice satisfies never;
  }
}

type Field = readonly [name: string, value: string | null];

function message(title: string, fields: readonly Field[], lines: readonly string[], context?: string): Message {
  const blocks: unknown[] = [section(`*${escapeText(title)}*`)];
  const said = fields.filter((field): field is readonly [string, string] => field[1] !== null && field[1] !== "");
  if (said.length > 0) blocks.push({ type: "section", fields: said.map(([name, value]) => mrkdwn(`*${name}*\n${escapeText(value)}`)) });
  if (lines.length > 0) blocks.push(section(bullets(lines)));
  if (context !== undefined) blocks.push({ type: "context", elements: [mrkdwn(escapeText(context))] });
  return { text: escapeText(title), blocks };
}

function section(text: string): unknown {
  return { type: "section", text: mrkdwn(text) };
}

function mrkdwn(text: string): unknown {
  return { type: "mrkdwn", text };
}

function bullets(lines: readonly string[]): string {
  const shown = lines.slice(0, MOST_LINES).map((line) => `• ${escapeText(line)}`);
  return lines.length > MOST_LINES ? [...shown, `and ${lines.length - MOST_LINES} more`].join("\n") : shown.join("\n");
}

/** One line, cut before it is escaped, so that no escape is cut in half. */
function escapeText(text: string): string {
  const line = text.replace(/[\p{Cc}\s]+/gu, " ").trim();
  const cut = line.length > LONGEST ? `${line.slice(0, LONGEST - 1)}…` : line;
  return cut.replaceAll("&", "&amp;").replaceAll("<", "&lt;").replaceAll(">", "&gt;");
}

function nameOf(operation: EntryDraft["operation"], subject: string | null): string {
  return subject === null ? operation : `${operation} ${subject}`;
}

/** From where to where, a number being per cent of visitors; empty where neither is known. */
export function change(from: EntryDraft["from"], to: EntryDraft["to"]): string {
  if (from === null && to === null) return "";
  return `${place(from)} → ${place(to)}`;
}

function place(position: EntryDraft["from"]): string {
  if (position === null) return "?";
  return typeof position === "number" ? `${position}%` : position;
}

function open(gates: readonly GateFact[]): string[] {
  return gates.filter(({ holds }) => !holds).map(({ gate, fact }) => `${gate}: ${fact}`);
}

import { randomUUID } from "node:crypto";
import { readActor } from "../config/read-actor.ts";
import { appendEntry } from "./audit/append.ts";
import type { EntryDraft } from "./audit/entry.ts";
import { describeNotice, type Notice } from "./notify/describe.ts";
import { createNotifier } from "./notify/notifier.ts";
import { resolveWebhook } from "./notify/webhook.ts";
import type { Project, StackFile } from "./project.ts";

/** How long the end of an operation may wait for messages that are still under way, in milliseconds. */
const DRAIN_LIMIT = 2_000;

/** What an operation says of its end; the rest the books know. */
export type Outcome = Omit<EntryDraft, "at" | "stage" | "run" | "by">;

/** Keeps the audit and tells people, beside the work: nothing here throws, and nothing waits for a webhook but `close`. */
export interface Books {
  readonly actor: string;
  tell(notice: Notice): void;
  /** Leaves an entry, and tells of it unless it is a step of something larger. */
  record(outcome: Outcome): Promise<void>;
  /** Waits a moment for messages under way. @returns what went wrong, in words */
  close(): Promise<string[]>;
}

/** Opens the books of one run of an operation on a stage. */
export async function openBooks(project: Project, stage: string, stackFile: Pick<StackFile, "path" | "config">): Promise<Books> {
  const actor = await readActor(project.root);
  const run = randomUUID();
  const webhook = resolveWebhook(project, stage, stackFile);
  const notifier = createNotifier(webhook);
  const warnings: string[] = [];
  return {
    actor,
    tell: (notice) => notifier.tell(describeNotice(notice)),
    async record(outcome) {
      const entry: EntryDraft = { ...outcome, at: new Date(), stage, run, by: actor };
      const { url } = await Promise.race([webhook, Promise.resolve({ url: null })]);
      const head = await appendEntry(project, entry, { secrets: url === null ? [] : [url] }).catch((error: unknown) => {
        warnings.push(error instanceof Error ? error.message : String(error));
        return null;
      });
      if (outcome.operation !== "step") notifier.tell(describeNotice({ kind: "ended", entry, head }));
    },
    async close() {
      const { failed } = await notifier.drain(DRAIN_LIMIT);
      return failed === null ? warnings : [...warnings, failed];
    },
  };
}

import { type Engine, engineOf } from "../engine.ts";
import { OperationError } from "../errors.ts";
import type { Project, StackFile } from "../project.ts";

/** Where people are told. The address is a secret: whoever has it can post by it. */
export interface Webhook {
  /** Null when nobody is to be told, or it could not be read. */
  readonly url: string | null;
  /** Why it could not be read, without the address; null when that worked. */
  readonly warning: string | null;
}

/**
 * Finds the webhook of a stage: `SLUICE_WEBHOOK_URL`, else the stack's secret `webhook`, for which the CLI
 * runs. Never throws, and waits at most ten seconds.
 */
export async function resolveWebhook(
  project: Project,
  stage: string,
  stackFile: Pick<StackFile, "path" | "config">,
  engine: Pick<Engine, "getConfig"> = engineOf(project, stage),
): Promise<Webhook> {
  const given = process.env["SLUICE_WEBHOOK_URL"]?.trim() ?? "";
  if (given !== "") return webhookOf(given, "SLUICE_WEBHOOK_URL");
  if (!(`${project.name}:webhook` in stackFile.config)) return { url: null, warning: null };
  try {
    return webhookOf((await engine.getConfig("webhook")).trim(), `webhook in ${stackFile.path}`);
  } catch (error) {
    const reason = error instanceof OperationError ? error.message : "the Pulumi CLI ended in an unknown way";
    return { url: null, warning: `The webhook of ${stage} could not be read, so nobody is told: ${reason}` };
  }
}

function webhookOf(text: string, where: string): Webhook {
  if (/^https?:\/\/\S+$/.test(text) && URL.canParse(text)) return { url: text, warning: null };
  return { url: null, warning: `${where} is no address that begins with http:// or https://, so nobody is told.` };
}

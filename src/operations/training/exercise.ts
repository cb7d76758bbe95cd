import type { Project } from "../project.ts";
import type { Finding, Seen } from "./seen.ts";

/** The flags of every exercise: one that the task is about, and one that must not be harmed. */
export const FLAG = "ELEVENLABS_AGENT_ENABLED";
export const BYSTANDER = "TRANSCRIPTS_ENABLED";

/** What a stage says of its flags, keys without their namespace. */
export type Settings = Readonly<Record<string, unknown>>;

/** One update that is made before the exercise begins. */
export interface FirstUpdate {
  readonly stage: string;
  readonly settings: Settings;
}

/** A task on stages of its own, with a fault put in on purpose. */
export interface Exercise {
  readonly number: number;
  readonly title: string;
  /** What has happened, and what to bring about; not how. */
  readonly task: readonly string[];
  /** What the flag of the task says in the catalogue beside the rest. */
  readonly policy: Settings;
  /** The flag with which half of the answers of voice-api fail; null for none. */
  readonly failsWith: string | null;
  /** In this order; the stages that they name are served. */
  readonly updates: readonly FirstUpdate[];
  /** Puts the fault in, once the stages are served. */
  spoil(project: Project): Promise<void>;
  /** Holds what is there against the task; each thing that is asked, whether it is so, and what to look at where not. */
  judge(seen: Seen): readonly Finding[];
}

export function none(): Promise<void> {
  return Promise.resolve();
}

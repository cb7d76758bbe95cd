import type { Passage } from "./report.ts";
import type { Way } from "./tally.ts";

/** What happens in a drill, in its order. */
export type DrillEvent =
  | { readonly kind: "load-started"; readonly visitors: number; readonly rate: number }
  | { readonly kind: "going"; readonly way: Way; readonly to: number }
  | { readonly kind: "arrived"; readonly passage: Passage }
  /** It does not go forward: the earlier state stays, or what someone else has made of it. */
  | { readonly kind: "stayed"; readonly why: string }
  | { readonly kind: "written"; readonly path: string };

export type OnDrillEvent = (event: DrillEvent) => void;

import { formatDuration } from "../../model/moment.ts";
import type { FlagStatus } from "../../operations/status/flag-status.ts";
import type { GateVerdict } from "../../plan/gate.ts";

/** How far a flag is on, such as `25% testers`, `on settled` or `killed`. @param deployed null where the state cannot be read */
export function exposureWords({ exposure, testers, settled, kill }: FlagStatus, deployed: boolean | null): string {
  if (exposure === null) return deployed === null ? "unreadable" : "not deployed";
  if (kill !== null) return "killed";
  const words = [exposure === 0 ? "off" : exposure === 100 ? "on" : `${exposure}%`];
  if (testers === true) words.push("testers");
  if (settled) words.push("settled");
  return words.join(" ");
}

/** Why a gate does not let a flag go up, in two or three words. @param previous the stage before; null for the first */
export function refusalWords({ gate, opensAt }: GateVerdict, previous: string | null, now: Date): string {
  const wait = opensAt === null ? "" : ` ${formatDuration(opensAt.getTime() - now.getTime())}`;
  switch (gate) {
    case "order":
      return `${previous ?? "stage before"} first`;
    case "soak":
      return `${previous ?? "stage before"} soaks${wait}`;
    case "requires":
      return "prerequisite first";
    case "expiry":
      return "expired";
    case "freeze":
      return `frozen${wait}`;
    case "drill":
      return "drill first";
    case "review":
      return "approval first";
    case "metrics":
      return "metrics";
    default: {
      const never: never = gate;
      return never;
    }
  }
}

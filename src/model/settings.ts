import type { Target } from "./target.ts";

/** What one stage says of one flag, in its longest form. */
export interface Setting {
  /** Percentage of visitors, 0 to 100. */
  readonly exposure: number;
  /** Whether requests that carry the tester secret have the flag on, whatever the exposure. */
  readonly testers: boolean;
  /** At full exposure: the variant without the flag need not stay warm any more. */
  readonly settled: boolean;
}

/** `true` forces a flag off; a list takes away only these of its gated routes. */
export type Kill = true | readonly string[];

/** Someone's word that a flag may go up to an exposure in a stage. */
export interface Approval {
  readonly by: string;
  /** Per cent of visitors, up to which it holds. */
  readonly exposure: number;
}

/** What a stage's monitoring is made from, beside the catalogue and the plan. */
export interface MonitoringSettings {
  /** Share of the requests of each variant that must succeed, below 1; the rest is the error budget. */
  readonly objective: number;
  /** Requests in a window below which nothing is said of it. */
  readonly minimumRequests: number;
  /** Label matchers by which Prometheus finds the stage's Traefik; null for the label `stage` that our scrape config adds. */
  readonly selector: string | null;
  /** Where `sluice metrics --listen` listens, as `host:port`; null where the facts come in another way. */
  readonly facts: string | null;
  /** Address of the page with the runbooks; null for the path of ours. */
  readonly runbooks: string | null;
}

/** The monitoring of a stage that asks for no more than that there be some. */
export const STANDARD_MONITORING: MonitoringSettings = { objective: 0.999, minimumRequests: 20, selector: null, facts: null, runbooks: null };

/** What differs from stage to stage. */
export interface StageSettings {
  readonly stage: string;
  readonly target: Target;
  readonly flags: Readonly<Record<string, Setting>>;
  readonly kill: Readonly<Record<string, Kill>>;
  /** For a flag, the written reason for which the gates do not hold. */
  readonly overrides: Readonly<Record<string, string>>;
  readonly approvals: Readonly<Record<string, Approval>>;
  /** By path of a setting, why this stage differs from others in it. */
  readonly differs: Readonly<Record<string, string>>;
  /** Address of the Prometheus that has this stage's metrics; null for Traefik's own endpoint. */
  readonly prometheus: string | null;
  /** Null where no rules, dashboards and so on are asked for. */
  readonly monitoring: MonitoringSettings | null;
  readonly hasTesterSecret: boolean;
  readonly hasWebhook: boolean;
}

export const OFF: Setting = { exposure: 0, testers: false, settled: false };

/** The setting of a flag; a flag without one is off. */
export function settingOf(settings: Pick<StageSettings, "flags">, flag: string): Setting {
  return settings.flags[flag] ?? OFF;
}

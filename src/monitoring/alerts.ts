import { SIGN_OF_LIFE } from "../model/traefik-metrics.ts";
import {
  type AlertContext,
  burnExpression,
  factOf,
  failsMoreExpression,
  limitExpression,
  ofOwner,
  SPLIT_TOLERANCE,
  slowerExpression,
  splitExpression,
  WORSE,
} from "./expressions.ts";
import { FACTS } from "./facts.ts";
import { quote } from "./promql.ts";
import type { Timing } from "./timing.ts";

/** What an alert is about, which is what its texts may name. */
export type Subject = "service" | "flag" | "stage";

/** How an alert's value is told. */
export type ValueFormat = "share" | "times" | "seconds" | "duration" | "count";

/**
 * An alert: the rule, and what a person who gets it needs to know. `{stage}`, `{flag}`, `{service}`, `{metric}` and
 * `{value}` in its texts stand for what it is about.
 */
export interface Alert {
  readonly name: string;
  /** `critical`: people are hurt now. `warning`: within some days. */
  readonly severity: "critical" | "warning";
  readonly subject: Subject;
  readonly value: ValueFormat;
  readonly summary: string;
  readonly means: string;
  /** What to do, in this order; the first step's command is the one to run. */
  readonly command: string;
  readonly steps: readonly string[];
  readonly expression: (context: AlertContext) => string;
  /** How long it must be so, in milliseconds. */
  readonly holdsFor: (timing: Timing) => number;
}

const ROLLBACK = "npx sluice rollback --stage {stage} --flag {flag}";
const KILL = 'npx sluice kill {flag} --stage {stage} --reason "why"';
const STATUS = "npx sluice status --flag {flag}";
const BOTH_SIDES =
  "Compare both sides on the flag's dashboard. If the variants without the flag fail as much, the flag is not the cause, and taking it back will not help.";

/** Every alert, in the order of docs/monitoring.md. */
export const ALERTS: readonly Alert[] = [
  {
    name: "SluiceErrorBudgetBurnsFast",
    severity: "critical",
    subject: "service",
    value: "share",
    summary: "{service} in {stage} fails {value} of requests with {flag}",
    means:
      "The variants of {service} with {flag} fail so many requests that the error budget of 30 days is gone within five days, or two. Both the long window and the short one say so, so it matters and it goes on.",
    command: ROLLBACK,
    steps: [
      `Take the flag back: \`${ROLLBACK}\`. If that takes too long: \`${KILL}\`.`,
      BOTH_SIDES,
      "Once the ratio is down, the alert ends by itself within the short window.",
    ],
    expression: (context) => burnExpression(context, "critical"),
    holdsFor: () => 0,
  },
  {
    name: "SluiceErrorBudgetBurnsSlowly",
    severity: "warning",
    subject: "service",
    value: "share",
    summary: "{service} in {stage} uses up its error budget with {flag}: {value} of requests fail",
    means: "The variants of {service} with {flag} have failed more requests over one day or three than the objective allows. No one needs to get up for it.",
    command: STATUS,
    steps: [
      `See how far the flag is on, and since when: \`${STATUS}\`.`,
      BOTH_SIDES,
      `Do not raise the flag further. If it is the cause, take it back: \`${ROLLBACK}\`.`,
    ],
    expression: (context) => burnExpression(context, "warning"),
    holdsFor: () => 0,
  },
  {
    name: "SluiceVariantFailsMore",
    severity: "critical",
    subject: "service",
    value: "share",
    summary: "{service} in {stage} fails {value} of requests with {flag}, far more than without",
    means: `At the same time and on the same service, requests with {flag} fail more than ${WORSE.times} times as often as without, and by more than ${100 * WORSE.errors} per cent of requests. The flag is the likely cause.`,
    command: ROLLBACK,
    steps: [`Take the flag back: \`${ROLLBACK}\`. If that takes too long: \`${KILL}\`.`, "Prove that it worked: `npx sluice verify --stage {stage}`."],
    expression: failsMoreExpression,
    holdsFor: ({ hold }) => hold,
  },
  {
    name: "SluiceVariantIsSlower",
    severity: "warning",
    subject: "service",
    value: "seconds",
    summary: "{service} in {stage} answers in {value} at the 99th percentile with {flag}, far more than without",
    means: `At the same time and on the same service, the 99th percentile with {flag} is more than ${WORSE.timesSlower} times that without, and by more than ${1000 * WORSE.seconds} milliseconds.`,
    command: STATUS,
    steps: [
      "Look at the percentiles of both sides on the flag's dashboard; a variant that has just started may be slow for a while.",
      `Do not raise the flag further: \`${STATUS}\` says how far it is on. If it stays slow, take it back: \`${ROLLBACK}\`.`,
    ],
    expression: slowerExpression,
    holdsFor: ({ hold }) => hold,
  },
  {
    name: "SluiceWatchLimitExceeded",
    severity: "critical",
    subject: "service",
    value: "times",
    summary: "{metric} of {service} in {stage} is {value} times its limit with {flag}",
    means:
      "The catalogue gives the metric {metric} of {flag} a limit (`catalog.flags.{flag}.watch.metrics.{metric}`), and it is exceeded on {service}. During a promotion this is a breach, after which the promotion goes back by itself; now no promotion is watching.",
    command: ROLLBACK,
    steps: [
      "See whether a promotion is under way and is going back: `npx sluice history --stage {stage}`.",
      `If none is, take the flag back: \`${ROLLBACK}\`.`,
    ],
    expression: limitExpression,
    holdsFor: ({ hold }) => hold,
  },
  {
    name: "SluiceSplitOffPlan",
    severity: "warning",
    subject: "service",
    value: "share",
    summary: "the share of requests with {flag} on {service} in {stage} is {value} off the plan",
    means: `The share of requests that variants with {flag} answer is not the exposure that is deployed: the difference is more than ${100 * SPLIT_TOLERANCE} per cent of requests and four standard errors. Some visitors do not see what the plan says, or a few of them send most of the requests.`,
    command: "npx sluice verify --stage {stage}",
    steps: [
      "Ask Traefik by real requests: `npx sluice verify --stage {stage}`.",
      "If that passes, routing is right: look for single clients with very many requests, and for testers.",
      "If it fails, apply what is deployed anew: `npx pulumi up --stack {stage}`.",
    ],
    expression: splitExpression,
    holdsFor: ({ hold }) => hold,
  },
  {
    name: "SluiceStageDrifted",
    severity: "warning",
    subject: "stage",
    value: "count",
    summary: "{value} files, containers or objects of {stage} are not what the state says",
    means:
      "Someone or something has changed, stopped or removed what Pulumi made: files, containers, objects of a cluster. What runs may not be what `sluice status` and the history say, and a rollback may not find what it expects.",
    command: "npx sluice verify --stage {stage}",
    steps: [
      "See which, and whether traffic is affected: `npx sluice status` and `npx sluice verify --stage {stage}`.",
      "Put them back as deployed: `npx pulumi up --stack {stage} --refresh`. Where `npx sluice status` names a container after that, it is stopped or ill: `docker start` starts it, `docker logs` says why it ended.",
    ],
    expression: (context) => `${factOf("drifted", context)} > 0`,
    holdsFor: ({ patience }) => patience,
  },
  {
    name: "SluiceKillStands",
    severity: "warning",
    subject: "stage",
    value: "count",
    summary: "{value} kills in {stage} are in no update yet",
    means:
      "A kill took traffic off at once, and no update of the engine has taken it up since. It holds, but a rollback or a drill of {stage} is refused until the state knows of it.",
    command: "npx sluice status",
    steps: [
      "See what was killed: `npx sluice status`.",
      'Bring it along: `npx sluice kill FLAG --stage {stage} --reason "take it up"`; or end it: `npx sluice revive FLAG --stage {stage} --reason "why"`.',
    ],
    expression: (context) => `${factOf("standingKills", context)} > 0`,
    holdsFor: ({ patience }) => patience,
  },
  {
    name: "SluiceUpdateHalfDone",
    severity: "warning",
    subject: "stage",
    value: "count",
    summary: "the newest update of {stage} failed half-way",
    means:
      "The newest update failed after it had begun to change something. Traefik routes by the document before or by the new one, never by a mixture; but files of both may be there.",
    command: "npx sluice history --stage {stage}",
    steps: [
      "See which update it was: `npx sluice history --stage {stage}`.",
      "Go on with it: `npx pulumi up --stack {stage}`; or go back: `npx sluice rollback --stage {stage}`.",
    ],
    expression: (context) => `${factOf("halfDone", context)} == 1`,
    holdsFor: ({ patience }) => patience,
  },
  {
    name: "SluiceFlagExpired",
    severity: "warning",
    subject: "flag",
    value: "duration",
    summary: "{flag} expired {value} ago",
    means: "The last day of {flag} in the catalogue has passed. It cannot be raised any more, and its code is likely to be dead on one side.",
    command: "npx sluice expired",
    steps: [
      "See what is left of it, and where: `npx sluice expired`.",
      "Remove the flag and the code of the side that is not used, or move `catalog.flags.{flag}.expires`.",
    ],
    expression: (context) => `${ofOwner(`(time() - ${factOf("expiry", context)})`, context)} > 0`,
    holdsFor: () => 0,
  },
  {
    name: "SluiceDrillOverdue",
    severity: "warning",
    subject: "flag",
    value: "duration",
    summary: "the rollback of {flag} in {stage} was not rehearsed in time",
    means:
      "{flag} is under way in {stage}, and no rollback was rehearsed, there or in the stage before, within the time that the catalogue asks for (`catalog.flags.{flag}.drill`). The next raise will be refused, and the way back is not proven.",
    command: "npx sluice drill --stage {stage}",
    steps: ["Rehearse it: `npx sluice drill --stage {stage}`.", "Commit the report in `drills/`, from which the gate knows of it."],
    expression: (context) => `${ofOwner(`(time() - ${factOf("drillDue", context)})`, context)} > 0`,
    holdsFor: ({ hold }) => hold,
  },
  {
    name: "SluiceTraefikNotScraped",
    severity: "critical",
    subject: "stage",
    value: "count",
    summary: "Prometheus has no metrics of the Traefik of {stage}",
    means:
      "No alert about traffic in {stage} can fire, and a promotion that reads Prometheus will hold. Traefik is down, or Prometheus does not reach it, or finds it under other labels.",
    command: "npx sluice verify --stage {stage}",
    steps: [
      "See whether it answers: `npx sluice verify --stage {stage}`.",
      "If it does, look at the target on Prometheus' page /targets, and at `monitoring.selector` of the stage, which must match its labels.",
    ],
    expression: ({ selector }) => `absent(${SIGN_OF_LIFE}{${selector}})`,
    holdsFor: ({ hold }) => hold,
  },
  {
    name: "SluiceFactsMissing",
    severity: "warning",
    subject: "stage",
    value: "count",
    summary: "Prometheus has no recent facts of {stage} from sluice metrics",
    means:
      "No alert about the split, drift, kills, expiry and drills of {stage} can fire. `sluice metrics` does not run, its file is not renewed, or Prometheus does not reach it.",
    command: "npx sluice metrics --stage {stage}",
    steps: [
      "See whether the facts can be read at all: `npx sluice metrics --stage {stage}`.",
      "Then look at what runs it: the service with `--listen`, or the timer with `--output`.",
    ],
    expression: ({ stage, timing }) => {
      const read = `${FACTS.read.name}{stage=${quote(stage)}}`;
      return `absent(${read})\nor time() - max by (stage) (${read}) > ${timing.stale / 1000}`;
    },
    holdsFor: ({ hold }) => hold,
  },
  {
    name: "SluiceStageUnreadable",
    severity: "warning",
    subject: "stage",
    value: "count",
    summary: "something of {stage} cannot be read",
    means:
      "The state, the history, the config or the kills of {stage} cannot be read or used, so some facts of it are missing. Traffic goes on as it was; a rollback may be refused.",
    command: "npx sluice status",
    steps: ["See what: `npx sluice status`. Each fault names its way out; docs/state.md has the rest."],
    expression: (context) => `${factOf("readable", context)} == 0`,
    holdsFor: ({ hold }) => hold,
  },
];

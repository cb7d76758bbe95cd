import { effectiveExposures } from "../model/exposure.ts";
import { formatDuration, formatMoment } from "../model/moment.ts";
import type { GateFacts, GateName, GateVerdict, Raise } from "./gate.ts";

type Rule = (raise: Raise, facts: GateFacts) => GateVerdict | null;

/** What each gate says of a raise; null where it has nothing to look at. */
export const GATE_RULES: readonly Rule[] = [expiry, order, soak, requires, freeze, drill, review];

function open(gate: GateName, raise: Raise, fact: string): GateVerdict {
  return { gate, flag: raise.flag, fact, refusal: null, opensAt: null };
}

interface Refusal {
  /** What is so, as the second half of a sentence about the raise. */
  readonly because: string;
  readonly allowed: string;
  readonly wayOut: string;
  readonly opensAt?: Date | null;
}

function refuse(gate: GateName, { flag, exposure, settings }: Raise, { because, allowed, wayOut, opensAt }: Refusal): GateVerdict {
  const refusal = { path: `flags.${flag}`, found: `would go to ${exposure} per cent in ${settings.stage}, but ${because}`, allowed, wayOut };
  return { gate, flag, fact: because, refusal, opensAt: opensAt ?? null };
}

/** The last line of a way out: every gate may be set aside with a written reason. */
function orReason({ flag, settings }: Raise): string {
  return `\n           or give a reason: npx pulumi config set --stack ${settings.stage} --path 'overrides.${flag}' "why"`;
}

function expiry(raise: Raise, { now }: GateFacts): GateVerdict {
  const { expires } = raise.definition;
  if (now.toISOString().slice(0, 10) <= expires) return open("expiry", raise, `expires on ${expires}`);
  return refuse("expiry", raise, {
    because: `the flag expired on ${expires}`,
    allowed: "keeping or lowering its exposure",
    wayOut: `move catalog.flags.${raise.flag}.expires, or remove the flag${orReason(raise)}`,
  });
}

function order(raise: Raise, { previous, previousFault }: GateFacts): GateVerdict | null {
  const { flag, previousStage } = raise;
  if (previousStage === null) return null;
  if (previousFault !== undefined) {
    return refuse("order", raise, {
      because: `the state of ${previousStage} cannot be read: ${previousFault}`,
      allowed: "keeping or lowering its exposure",
      wayOut: `put the state of ${previousStage} right, as docs/state.md says, then run this again${orReason(raise)}`,
    });
  }
  const reached = previous?.exposures[flag] ?? 0;
  if (reached === 100) return open("order", raise, `${previousStage} has it fully on`);
  return refuse("order", raise, {
    because: previous === null ? `the stage ${previousStage} has not been deployed` : `${previousStage} has it at ${reached} per cent`,
    allowed: `0, until ${previousStage} has it fully on`,
    wayOut: `first: npx pulumi config set --stack ${previousStage} --path 'flags.${flag}' true && npx pulumi up --stack ${previousStage}${orReason(raise)}`,
  });
}

function soak(raise: Raise, facts: GateFacts): GateVerdict | null {
  const { flag, definition, previousStage } = raise;
  const needed = previousStage === null ? 0 : (definition.soak[previousStage] ?? 0);
  if (previousStage === null || needed === 0 || facts.previous?.exposures[flag] !== 100) return null;
  const since = facts.previous.since[flag];
  if (since === undefined) {
    return refuse("soak", raise, {
      because: `it is not known since when ${previousStage} has it fully on`,
      allowed: `a raise after ${formatDuration(needed)} of soak in ${previousStage}`,
      wayOut: `npx pulumi up --stack ${previousStage}, which begins to count${orReason(raise)}`,
    });
  }
  const over = new Date(Date.parse(since) + needed);
  const known = `${previousStage} has it fully on since ${formatMoment(new Date(since))}`;
  if (facts.now >= over) return open("soak", raise, `${known}, ${formatDuration(needed)} of soak are over`);
  return refuse("soak", raise, {
    because: `${known}, and its soak of ${formatDuration(needed)} is over at ${formatMoment(over)}`,
    allowed: `a raise in ${formatDuration(over.getTime() - facts.now.getTime())}`,
    wayOut: `wait${orReason(raise)}`,
    opensAt: over,
  });
}

function requires(raise: Raise): GateVerdict | null {
  const { definition, settings, exposure, catalog } = raise;
  if (definition.requires.length === 0) return null;
  const seen = effectiveExposures(catalog, settings);
  const short = definition.requires.find((other) => (seen.get(other)?.exposure ?? 0) < exposure);
  if (short === undefined) return open("requires", raise, `${definition.requires.join(", ")}: on as far`);
  const found = seen.get(short);
  return refuse("requires", raise, {
    because: `it requires ${short}, which is ${found?.killed === true ? "killed" : `at ${found?.exposure ?? 0} per cent`}`,
    allowed: `as far as ${short} is on`,
    wayOut: `raise ${short} first`,
  });
}

function freeze(raise: Raise, facts: GateFacts): GateVerdict | null {
  if (!raise.catalog.freezes.some(({ stages }) => stages.includes(raise.settings.stage))) return null;
  if (facts.freeze === null) return open("freeze", raise, "no freeze");
  const { name, until } = facts.freeze;
  return refuse("freeze", raise, {
    because: `the freeze "${name}" holds${until === null ? "" : ` until ${formatMoment(until)}`}`,
    allowed: "keeping or lowering its exposure",
    wayOut: `wait${orReason(raise)}`,
    opensAt: until,
  });
}

/** In the first stage there is nothing yet that a rehearsal could stand on; and a drill on its way back to what ran is how one gets one. */
function drill(raise: Raise, facts: GateFacts): GateVerdict | null {
  const { flag, exposure, definition, settings, previousStage } = raise;
  if (definition.drill === null || previousStage === null) return null;
  if (exposure <= (facts.rehearsed[flag] ?? 0)) return open("drill", raise, "a drill is under way, and goes back to what ran before it");
  const places = [settings.stage, previousStage];
  // A report of the future says nothing.
  const moments = places.flatMap((stage) => {
    const at = facts.drills[stage];
    return at === undefined || at > facts.now ? [] : [{ stage, at }];
  });
  const last = moments.toSorted((a, b) => b.at.getTime() - a.at.getTime())[0];
  const age = last === undefined ? null : facts.now.getTime() - last.at.getTime();
  if (last !== undefined && age !== null && age <= definition.drill)
    return open("drill", raise, `a rollback was rehearsed in ${last.stage} on ${formatMoment(last.at)}`);
  return refuse("drill", raise, {
    because: last === undefined ? `no rollback was ever rehearsed in ${places.join(" or ")}` : `the last rehearsed rollback is ${formatDuration(age ?? 0)} old`,
    allowed: `a raise within ${formatDuration(definition.drill)} of a drill`,
    wayOut: `npx sluice drill --stage ${previousStage}${orReason(raise)}`,
  });
}

function review(raise: Raise, { actor }: GateFacts): GateVerdict | null {
  const { flag, exposure, definition, settings } = raise;
  if (!definition.review) return null;
  const approval = settings.approvals[flag];
  if (approval !== undefined && approval.exposure >= exposure && approval.by !== actor) return open("review", raise, `approved by ${approval.by}`);
  const because =
    approval === undefined
      ? "nobody has approved it"
      : approval.exposure < exposure
        ? `${approval.by} has approved it up to ${approval.exposure} per cent`
        : `${approval.by} may not approve an own change`;
  return refuse("review", raise, {
    because,
    allowed: `a raise approved by someone other than ${actor}`,
    wayOut: `a reviewer runs: npx sluice approve ${flag} --stage ${settings.stage} --to ${exposure}${orReason(raise)}`,
  });
}

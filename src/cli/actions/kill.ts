import { type KillEvent, kill as takeOff } from "../../operations/kill/kill.ts";
import { EXIT } from "../exit-codes.ts";
import { printJson } from "../json.ts";
import { paint } from "../style.ts";
import { warn } from "../warn.ts";

export interface KillOptions {
  readonly stage: string;
  readonly reason: string;
  readonly json?: true;
}

/** Takes traffic off at once, then brings config and state along. @returns 6 when visitors are still served by a variant with the flag */
export async function kill(root: string, name: string, options: KillOptions): Promise<number> {
  // The process itself had to start: a person waits from the command on.
  const started = performance.now() - process.uptime() * 1000;
  const events: KillEvent[] = [];
  const onEvent = (event: KillEvent): void => {
    events.push(event);
    if (options.json !== true) process.stdout.write(`${renderKillEvent(event)}\n`);
  };
  const done = await takeOff(root, options.stage, name, started, onEvent);
  const { bringAlong } = await import("../../operations/kill/bring-along.ts");
  const { update, warnings } = await bringAlong(done, options.reason, null, onEvent);
  warn(warnings);
  if (options.json === true) {
    const { subject, trafficOff, stranded } = done;
    printJson({
      stage: options.stage,
      subject: subject.name,
      flags: subject.flags,
      trafficOff,
      stranded,
      update,
      left: events.find(({ kind }) => kind === "left") ?? null,
    });
  }
  return done.stranded.length > 0 && update === null ? EXIT.unproven : EXIT.ok;
}

export function renderKillEvent(event: KillEvent): string {
  switch (event.kind) {
    case "traffic-off": {
      const what =
        event.flags.length > 1 ? `${event.subject} (with ${event.flags.filter((flag) => flag !== event.subject).join(", ")}, which require it)` : event.subject;
      return event.after === null
        ? `${paint("warning", "off")}: ${what}; no Traefik of the stage answers here, what it reads is without it`
        : `${paint("good", "off")}: ${what}, after ${event.after.toFixed(0)} ms`;
    }
    case "copies-set-aside":
      return `${paint("warning", "set aside")}: ${event.names.join(", ")}, a copy of Traefik's document in its folder, by which Traefik would lead visitors; it ends in .aside now`;
    case "stranded":
      return `${paint("bad", "still served")}: ${event.variants.join(", ")}; no variant without the flag is running, the update starts one`;
    case "config-written":
      return `written: ${event.path}; commit it`;
    case "guarding":
      return `waits for an update that began before (${event.who}), and takes off again what it brings back`;
    case "reconciled":
      return `state brought along in ${event.seconds.toFixed(1)} s; the next pulumi up ${
        event.ahead.length === 0 ? "has nothing to do" : `applies what the files say beyond it: ${event.ahead.join(", ")}`
      }`;
    case "left":
      return `${paint("warning", "left to do")}: ${event.command}\n  ${event.reason.replaceAll("\n", "\n  ")}\n  until then the kill stands against every update`;
    default:
      return event satisfies never;
  }
}

import type { Edge, Target } from "../../model/target.ts";
import type { RouteAnswer } from "../../traffic/probe-routes.ts";
import type { RouterDifference } from "../compare-routers.ts";
import type { DriftedPart } from "../drift.ts";
import { wayToTraefik } from "../way-to-traefik.ts";
import { type Check, listSome } from "./report.ts";

const WORDS: Readonly<Record<DriftedPart["state"], string>> = { missing: "is missing", differs: "differs", stray: "is in no state" };

/** Whether every part of a stage is what the state says. */
export function judgeDrift(files: readonly DriftedPart[]): Check {
  const expected = "every part is what the state says";
  if (files.length === 0) return { name: "drift", state: "pass", expected, found: "so" };
  const found = files.map(({ path, state }) => `${path} ${WORDS[state]}`);
  return { name: "drift", state: "fail", expected, found: listSome(found) };
}

/** Kills that no update has taken up: traffic is rightly not what the state says. @param subjects flags, and routes as `FLAG/route` */
export function judgeKills(stage: string, subjects: readonly string[]): Check {
  const expected = "no kill stands that the state does not know of";
  if (subjects.length === 0) return { name: "standing kills", state: "pass", expected, found: "so" };
  const command = `npx sluice kill ${subjects[0] ?? ""} --stage ${stage} --reason "take it up"`;
  return {
    name: "standing kills",
    state: "fail",
    expected,
    found: `${subjects.join(", ")}: killed, and what follows is held against the state before; bring it along: ${command}`,
  };
}

/** Whether Traefik has the routers of the state. Tells no rules: a tester's holds the secret. */
export function judgeRouters({ missing, tooMany }: RouterDifference): Check {
  const expected = "Traefik has the routers of the state, and no others";
  const found = [...missing.map((router) => `missing: ${nameOf(router)}`), ...tooMany.map((router) => `too many: ${nameOf(router)}`)];
  return { name: "routers", state: found.length === 0 ? "pass" : "fail", expected, found: found.length === 0 ? "so" : listSome(found) };
}

function nameOf(router: string): string {
  return router.split(" ")[0] ?? "";
}

/** A check for each route, from what was asked on it. */
export function judgeRoutes(answers: readonly RouteAnswer[]): Check[] {
  return [...new Set(answers.map((answer) => answer.route))].map((route) => {
    const own = answers.filter((answer) => answer.route === route);
    const check = { name: `route ${route}`, expected: "newcomers and every bucket get the planned variant" };
    const wrong = own.filter((answer) => answer.state === "wrong");
    if (wrong.length > 0) return { ...check, state: "fail", found: listSome(wrong.map(({ visitor, detail }) => `${visitor}: ${detail}`)) };
    const notAsked = own.filter((answer) => answer.state === "not asked");
    const reasons = listSome([...new Set(notAsked.map((answer) => answer.detail))]);
    if (notAsked.length === own.length) return { ...check, state: "not asked", found: reasons };
    return { ...check, state: "pass", found: `so in ${own.length - notAsked.length} requests${reasons === "" ? "" : `; not asked: ${reasons}`}` };
  });
}

/** What stands in the place of all checks of traffic where no Traefik answers. */
export function noTraffic(stage: string, { url, api }: Edge, target: Target["kind"]): Check {
  if (url === null) {
    return { name: "traffic", state: "not asked", expected: `visitors of ${stage} as planned`, found: "the config does not say where visitors come in (url)" };
  }
  return {
    name: "traffic",
    state: "fail",
    expected: `a Traefik of ${stage} that answers on ${api ?? url}`,
    found: `none, so nothing was asked. ${wayToTraefik(stage, target)}`,
  };
}

/** What stands in the place of the check of routers where Traefik's API cannot be reached. */
export function noApi(stage: string): Check {
  return {
    name: "routers",
    state: "not asked",
    expected: `Traefik has the routers of ${stage}`,
    found: "the config does not say where Traefik's API is (api)",
  };
}

/** What stands in the place of the checks of newcomers where none can be sent. */
export function noDoor(service: string): Check {
  return { name: `split of ${service}`, state: "not asked", expected: "newcomers by the buckets' weights", found: "no sample request can be made of its rule" };
}

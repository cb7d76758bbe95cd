import { describe, expect, it } from "vitest";
import { forgedCheck } from "../../../../src/operations/verify/forged.ts";
import { gatedChecks } from "../../../../src/operations/verify/gated.ts";
import { judgeRoutes } from "../../../../src/operations/verify/judge-stage.ts";
import { judgeCookies, judgeFaith, type Visits } from "../../../../src/operations/verify/judge-visits.ts";
import { killChecks } from "../../../../src/operations/verify/kills.ts";
import { isVerified, listSome } from "../../../../src/operations/verify/report.ts";
import { testerChecks } from "../../../../src/operations/verify/testers.ts";
import { judgeTrials, type Outcome, type TrialCheck } from "../../../../src/operations/verify/trial.ts";
import { doorsOf, type Visit } from "../../../../src/operations/verify/visits.ts";
import { planRollout } from "../../../../src/plan/plan.ts";
import { catalogInput, modelFrom } from "../../../support/model.ts";

const SECRET = "0123456789abcdef-tester";
const unread = { known: false, reason: "the passphrase is another" } as const;
const secret = { known: true, value: SECRET } as const;

function planned(settings: Record<string, unknown>, catalog: unknown = catalogInput()) {
  const model = modelFrom({ testerSecret: SECRET, ...settings }, catalog);
  const plan = planRollout(model.catalog, model.settings);
  const mark = (service: string, variant: string): string => plan.services[service]?.variants.find(({ name }) => name === variant)?.mark ?? "absent";
  return { catalog: model.catalog, plan, mark };
}
const answer = (mark: string, changes: Partial<Outcome> = {}): Outcome => ({ status: 200, mark, answered: true, error: null, ...changes });

describe("a check made of requests", () => {
  const { plan, mark } = planned({ flags: { AGENT_ENABLED: 25 } });
  const route = plan.services["voice-api"]?.routes[0] ?? null;
  const [on, off] = [mark("voice-api", "agent-enabled"), mark("voice-api", "base")];
  const check = (allowed: readonly string[], changes: Partial<TrialCheck> = {}): TrialCheck => ({
    name: "check",
    expected: "the variant",
    trials: [{ visitor: "someone", request: { method: "GET", path: "/voice", headers: {} }, allowed, route }],
    notAsked: "no reason",
    amiss: [],
    ...changes,
  });

  it.each([
    ["the variant", check([on]), [answer(on)], "pass", "so in 1 requests"],
    ["another variant", check([on]), [answer(off)], "fail", "someone: status 200 from voice-api/base"],
    ["an unknown variant", check([on]), [answer("f00")], "fail", "someone: status 200 from a variant that is not planned (f00)"],
    ["no variant", check([on]), [answer("", { status: 404 })], "fail", "someone: status 404 from no variant"],
    ["no variant, where that is meant", check([""]), [answer("", { status: 404 })], "pass", "so in 1 requests"],
    ["nothing behind the variant", check([on]), [answer(on, { status: 502, answered: false })], "fail", "someone: status 502 from voice-api/agent-enabled"],
    ["nothing at all", check([""]), [answer("", { status: 0, answered: false, error: "refused" })], "fail", "someone: refused"],
    ["no time", check([on]), [null], "not asked", "the time was over"],
    ["no request", check([on], { trials: [] }), [], "not asked", "no reason"],
    ["something amiss, without a request", check([on], { trials: [], amiss: ["a router is there"] }), [], "fail", "a router is there"],
  ])("got %s", (_case, of, outcomes, state, found) => {
    expect(judgeTrials(plan, of, outcomes)).toEqual({ name: "check", expected: "the variant", state, found });
  });
});

describe("a gated route", () => {
  const routers = ["voice-api.agent-enabled.agent voice-api--base PathPrefix(`/agent`)"];
  const amiss = (settings: Record<string, unknown>, running: readonly string[]): (readonly string[])[] => {
    const { catalog, plan } = planned(settings);
    return gatedChecks(catalog, plan, running).map((check) => check.amiss);
  };
  it.each([
    ["that is open is not checked", { flags: { AGENT_ENABLED: 25 } }, routers, []],
    ["of a flag that is off must not be there", {}, [], [[]]],
    ["of a flag that is off is found by its name", {}, routers, [["the router voice-api.agent-enabled.agent is there"]]],
    ["is found by its rule", {}, ["mine voice-api--base PathPrefix(`/agent`)"], [["the router mine is there"]]],
    ["is found by its rule with more", {}, ["mine x (PathPrefix(`/agent`)) && Method(`GET`)"], [["the router mine is there"]]],
    [
      "of a killed flag is found",
      { flags: { AGENT_ENABLED: 25 }, kill: { AGENT_ENABLED: true } },
      routers,
      [["the router voice-api.agent-enabled.agent is there"]],
    ],
    [
      "that was taken away is found",
      { flags: { AGENT_ENABLED: true }, kill: { AGENT_ENABLED: ["agent"] } },
      routers,
      [["the router voice-api.agent-enabled.agent is there"]],
    ],
    [
      "for testers may have their router",
      { flags: { AGENT_ENABLED: { testers: true } } },
      ["voice-api.agent-enabled.agent.tester x (PathPrefix(`/agent`)) && Header(`a`, `b`)"],
      [[]],
    ],
    ["for testers may have no other", { flags: { AGENT_ENABLED: { testers: true } } }, routers, [["the router voice-api.agent-enabled.agent is there"]]],
  ])("%s", (_case, settings, running, expected) => {
    expect(amiss(settings, running)).toEqual(expected);
  });

  it("that was taken away may not be answered with its flag, unless a wider route takes it", () => {
    const settings = { flags: { AGENT_ENABLED: true }, kill: { AGENT_ENABLED: ["agent"] } };
    const narrow = planned(settings);
    const wide = catalogInput();
    wide.services["voice-api"] = { rule: "PathPrefix(`/`)" };
    const wider = planned(settings, wide);
    const allows = ({ catalog, plan, mark }: ReturnType<typeof planned>): boolean =>
      gatedChecks(catalog, plan, [])[0]?.trials[0]?.allowed.includes(mark("voice-api", "agent-enabled")) === true;
    expect([allows(narrow), allows(wider)]).toEqual([false, true]);
  });
});

describe("a kill", () => {
  it("lets planned variants answer only, whatever the cookies, testers included", () => {
    const { catalog, plan, mark } = planned({ flags: { AGENT_ENABLED: 25 }, kill: { AGENT_ENABLED: true } });
    const [check] = killChecks(catalog, plan, secret);
    expect(check?.name).toBe("kill of AGENT_ENABLED");
    for (const path of ["/voice", "/billing", "/agent"]) {
      const own = check?.trials.filter((trial) => trial.request.path === path) ?? [];
      expect(own.map((trial) => trial.request.headers["cookie"] ?? "")).toEqual([
        "",
        ...[1, 2, 3, 4, 5].map((bucket) => `sluice-${bucket}=forged`),
        "sluice-1=forged; sluice-2=forged; sluice-3=forged; sluice-4=forged; sluice-5=forged",
        `sluice-tester=${SECRET}`,
      ]);
    }
    expect(check?.trials[0]?.allowed).toEqual(["", mark("billing-api", "base"), mark("voice-api", "base")]);
    expect(killChecks(catalog, planned({}).plan, secret)).toEqual([]);
  });
});

describe("testers", () => {
  const { plan, mark } = planned({ flags: { AGENT_ENABLED: { exposure: 25, testers: true } } });
  const of = (name: string, known: typeof secret | typeof unread): TrialCheck | undefined => testerChecks(plan, known).find((check) => check.name === name);

  it("with the secret get their variant, by header and by cookie", () => {
    const check = of("testers of voice-api", secret);
    expect(check?.trials.filter((trial) => trial.request.path === "/voice").map((trial) => trial.request.headers)).toEqual([
      { "x-sluice-tester": SECRET },
      { cookie: `sluice-tester=${SECRET}` },
      { cookie: `sluice-5=0; sluice-tester=${SECRET}` },
    ]);
    expect(check?.trials.every((trial) => trial.allowed.join() === mark("voice-api", "agent-enabled"))).toBe(true);
  });

  it("with anything else are ordinary", () => {
    const check = of("guessed secrets of voice-api", secret);
    const sent = check?.trials.filter((trial) => trial.request.path === "/voice").map((trial) => trial.request.headers["x-sluice-tester"]);
    expect(sent?.filter((value) => value !== undefined)).toEqual(["a-guess-of-the-secret", SECRET.slice(0, -1), `${SECRET}x`]);
    expect(check?.trials.every((trial) => trial.allowed.join() === mark("voice-api", "base"))).toBe(true);
  });

  it("are not asked for where the secret cannot be read, and guesses still are", () => {
    expect(judgeTrials(plan, of("testers of voice-api", unread) ?? never(), [])).toMatchObject({ state: "not asked", found: "the passphrase is another" });
    expect(of("guessed secrets of voice-api", unread)?.trials).not.toEqual([]);
  });

  it("tell no one the secret", () => {
    const outcomes = Array.from({ length: 50 }, () => answer("f00"));
    expect(JSON.stringify(testerChecks(plan, secret).map((check) => judgeTrials(plan, check, outcomes)))).not.toContain(SECRET.slice(0, -1));
  });
});

function never(): never {
  throw new Error("there is no such check");
}

describe("forged headers", () => {
  it("name every flag in every form, a bucket and a tester, and change nothing", () => {
    const { plan, mark } = planned({ flags: { AGENT_ENABLED: 25 } });
    const [first, last] = forgedCheck(plan).trials.filter((trial) => trial.request.path === "/voice");
    expect(first?.request.headers).toMatchObject({
      cookie: "sluice-1=0",
      "x-sluice-bucket": "5",
      "x-sluice-tester": "true",
      "x-flag-agent-enabled": "true",
      "x-flag-agent_enabled": "true",
      x_flag_agent_enabled: "true",
    });
    expect(first?.allowed).toEqual([mark("voice-api", "agent-enabled")]);
    expect(last?.allowed).toEqual([mark("voice-api", "base")]);
  });
});

describe("newcomers", () => {
  const { plan, mark } = planned({ flags: { AGENT_ENABLED: 25 } });
  const door = doorsOf(plan).find(({ service }) => service === "voice-api") ?? never();
  const [on, off] = [mark("voice-api", "agent-enabled"), mark("voice-api", "base")];
  const visit = (bucket: number, first: string, billing: string, changes: Partial<Visit> = {}): Visit => ({
    bucket,
    mark: first,
    cookies: ["session"],
    later: [
      { service: "voice-api", mark: first },
      { service: "billing-api", mark: mark("billing-api", billing) },
    ],
    failure: null,
    ...changes,
  });
  const visits = (...list: readonly Visit[]): Visits => ({ door, visits: list, ownCookies: new Map([[1, ["session"]]]) });

  it.each([
    ["see their bucket's variant everywhere", [visit(1, on, "agent-enabled"), visit(5, off, "base")], "pass", "all 2 did, on 2 services"],
    ["see another variant at first", [visit(5, on, "base")], "fail", "1 of 1 did not: a visitor of bucket 5 saw voice-api/agent-enabled on voice-api"],
    ["see another variant elsewhere", [visit(1, on, "base")], "fail", "1 of 1 did not: a visitor of bucket 1 saw billing-api/base on billing-api"],
    ["get no answer", [visit(1, on, "agent-enabled", { failure: "/voice: status 502" })], "fail", "1 of 1 did not: /voice: status 502"],
    ["were not sent", [], "not asked", "the time was over"],
  ])("%s", (_case, list, state, found) => {
    expect(judgeFaith(plan, visits(...list))).toMatchObject({ name: "visitors of voice-api", state, found });
  });

  it.each([
    ["keep the application's cookies", visits(visit(1, on, "agent-enabled")), "pass", "all 1 did"],
    ["lose one", visits(visit(1, on, "agent-enabled", { cookies: [] })), "fail", "1 times not: session"],
    ["are set none", { ...visits(visit(1, on, "agent-enabled")), ownCookies: new Map() }, "not asked", "the application sets none"],
  ])("%s", (_case, of, state, found) => {
    expect(judgeCookies(of)).toMatchObject({ state, found });
  });
});

describe("a report", () => {
  it("makes one check of a route's answers", () => {
    const routes = judgeRoutes([
      { route: "a", visitor: "newcomer", state: "as planned", detail: "" },
      { route: "a", visitor: "bucket 1", state: "wrong", detail: "status 502" },
      { route: "b", visitor: "everyone", state: "not asked", detail: "no sample" },
      { route: "c", visitor: "newcomer", state: "as planned", detail: "" },
    ]);
    expect(routes.map(({ name, state, found }) => [name, state, found])).toEqual([
      ["route a", "fail", "bucket 1: status 502"],
      ["route b", "not asked", "no sample"],
      ["route c", "pass", "so in 1 requests"],
    ]);
    expect(isVerified({ stage: "dev", update: 1, checks: routes, splits: [] })).toBe(false);
    expect(isVerified({ stage: "dev", update: 1, checks: routes.slice(1), splits: [] })).toBe(true);
  });

  it("tells five of many", () => {
    expect(listSome(["1", "2", "3", "4", "5", "6", "7"])).toBe("1; 2; 3; 4; 5; and 2 more");
  });
});

import { describe, expect, it } from "vitest";
import { renderFaults } from "../../../src/model/fault.ts";
import { catalogInput, faultsOf, localInput, modelFrom } from "../../support/model.ts";

const withService = (name: string, service: unknown): unknown => ({ ...catalogInput(), services: { ...catalogInput().services, [name]: service } });
const withFlag = (name: string, changes: Record<string, unknown>): unknown => ({
  ...catalogInput(),
  flags: { ...catalogInput().flags, [name]: { ...catalogInput().flags["AGENT_ENABLED"], routes: {}, ...changes } },
});

describe("a setting", () => {
  it.each([
    [false, { exposure: 0, testers: false, settled: false }],
    [true, { exposure: 100, testers: false, settled: false }],
    [25, { exposure: 25, testers: false, settled: false }],
    [{ exposure: 5 }, { exposure: 5, testers: false, settled: false }],
    [
      { exposure: 100, settled: true },
      { exposure: 100, testers: false, settled: true },
    ],
  ])("%j has the longest form %j", (input, setting) => {
    expect(modelFrom({ flags: { AGENT_ENABLED: input } }).settings.flags["AGENT_ENABLED"]).toEqual(setting);
  });
});

describe("monitoring", () => {
  const standard = { objective: 0.999, minimumRequests: 20, selector: null, facts: null, runbooks: null };
  it.each([
    [undefined, null],
    [false, null],
    ["false", null],
    [true, standard],
    ["true", standard],
    [{}, standard],
    [
      { objective: 0.99, selector: 'job="traefik", namespace=~"a|b"' },
      { ...standard, objective: 0.99, selector: 'job="traefik", namespace=~"a|b"' },
    ],
    [
      { facts: "[::1]:9469", runbooks: "https://example.org/x" },
      { ...standard, facts: "[::1]:9469", runbooks: "https://example.org/x" },
    ],
  ])("%j is %j", (input, settings) => {
    expect(modelFrom(input === undefined ? {} : { monitoring: input }).settings.monitoring).toEqual(settings);
  });

  it.each([
    [{ objective: 1 }, "monitoring.objective", "is 1"],
    [{ selector: 'job="a"} or up{x="y"' }, "monitoring.selector", String.raw`is "job=\"a\"} or up{x=\"y\""`],
    [{ facts: "9469" }, "monitoring.facts", 'is "9469"'],
    ["yes", "monitoring", 'is "yes"'],
    [{ objectiv: 0.9 }, "monitoring.objectiv", "is unknown"],
  ])("%j is a fault", (monitoring, path, found) => {
    expect(faultsOf({ monitoring })).toMatchObject([{ path, found }]);
  });
});

describe("a date without quotes, which Pulumi reads as a time", () => {
  it("is a date again", () => {
    const catalog = withFlag("AGENT_ENABLED", { expires: "2027-06-30T00:00:00Z" });
    expect(modelFrom({}, catalog).catalog.flags["AGENT_ENABLED"]?.expires).toBe("2027-06-30");
  });
});

describe("a fault names path, value, what is allowed and the way out", () => {
  it.each([
    ["a flag that no one defined", { flags: { AGENT_ENABLE: true } }, "flags.AGENT_ENABLE", "is unknown", "did you mean AGENT_ENABLED?"],
    ["a text for a setting", { flags: { AGENT_ENABLED: "yes" } }, "flags.AGENT_ENABLED", 'is "yes"', null],
    [
      "an exposure that is no step",
      { flags: { AGENT_ENABLED: 30 } },
      "flags.AGENT_ENABLED",
      "has exposure 30, which is no step",
      "npx pulumi config set --stack dev --path 'flags.AGENT_ENABLED' 25",
    ],
    ["an exposure above 100", { flags: { AGENT_ENABLED: 101 } }, "flags.AGENT_ENABLED", "is 101", null],
    ["an unknown part of a setting", { flags: { AGENT_ENABLED: { exposur: 1 } } }, "flags.AGENT_ENABLED.exposur", "is unknown", "did you mean exposure?"],
    [
      "settled before everyone has it",
      { flags: { AGENT_ENABLED: { exposure: 50, settled: true } } },
      "flags.AGENT_ENABLED.settled",
      "is true at exposure 50",
      null,
    ],
    [
      "a prerequisite that lags behind",
      { flags: { AGENT_ENABLED: 5, TRANSCRIPTS_ENABLED: 25 } },
      "flags.TRANSCRIPTS_ENABLED",
      "has exposure 25, but requires AGENT_ENABLED, which is at 5",
      "npx pulumi config set --stack dev --path 'flags.AGENT_ENABLED' 25",
    ],
    [
      "testers without a secret",
      { flags: { AGENT_ENABLED: { testers: true } } },
      "flags.AGENT_ENABLED.testers",
      "is true, but the stage has no tester secret",
      "npx pulumi config set --stack dev --secret testerSecret",
    ],
    ["a kill of an unknown route", { kill: { AGENT_ENABLED: ["agnt"] } }, "kill.AGENT_ENABLED: agnt", "is unknown", "did you mean agent?"],
    ["a kill of an unknown flag", { kill: { AGENTS_ENABLED: true } }, "kill.AGENTS_ENABLED", "is unknown", "did you mean AGENT_ENABLED?"],
    ["an override of an unknown flag", { overrides: { AGENT: "long enough reason" } }, "overrides.AGENT", "is unknown", "remove it"],
    ["an unknown key", { flag: {} }, "flag", "is unknown", "did you mean flags?"],
    ["a key without a name", { "": {} }, '[""]', "is unknown", "remove it"],
    ["a key with a dot in it", { "flags.A": true }, '["flags.A"]', "is unknown", "did you mean flags?"],
    ["an unknown target", { target: "dockr" }, "target", 'is "dockr"', "did you mean docker?"],
    [
      "a port twice",
      { local: { ...localInput(), adminPort: 8100 } },
      "local.adminPort",
      "begins at 8100, inside local.port (8100 to 8100)",
      "npx pulumi config set --stack dev --path local.adminPort 8101",
    ],
    [
      "workloads that overlap",
      { local: { ...localInput(), workloadPorts: { "voice-api": 21000, "billing-api": 21500 } } },
      "local.workloadPorts.billing-api",
      "begins at 21500, inside local.workloadPorts.voice-api (21000 to 21999)",
      "npx pulumi config set --stack dev --path local.workloadPorts.billing-api 22000",
    ],
    [
      "a service without a port",
      { local: { ...localInput(), workloadPorts: { "voice-api": 21000 } } },
      "local.workloadPorts.billing-api",
      "is missing",
      "npx pulumi config set --stack dev --path local.workloadPorts.billing-api 21000",
    ],
  ])("%s", (_what, settings, path, found, wayOut) => {
    expect(faultsOf(settings)).toEqual([expect.objectContaining({ path, found, wayOut })]);
  });

  it.each([
    ["a stage missing from the list", catalogInput(), "qa", "stack qa", "is no stage of the catalogue"],
    ["a stage twice", { ...catalogInput(), stages: ["dev", "dev"] }, "dev", "catalog.stages", "names dev twice"],
    ["steps that do not reach 100", { ...catalogInput(), steps: [1, 50] }, "dev", "catalog.steps", "is [1,50]"],
    ["an unknown delivery", withService("voice-api", { rule: "Path(`/`)", delivery: "envx" }), "dev", "catalog.services.voice-api.delivery", 'is "envx"'],
    [
      "two services with one rule",
      withService("billing-api", { rule: "PathPrefix( `/voice` )", delivery: "header" }),
      "dev",
      "catalog.services.voice-api.rule",
      "is the rule of catalog.services.billing-api.rule too",
    ],
    ["a domain that Traefik takes for a template", { ...catalogInput(), cookie: { domain: "{{.example" } }, "dev", "catalog.cookie.domain", 'is "{{.example"'],
    [
      "a rule that Traefik cannot parse",
      withService("voice-api", { rule: "PathPrefix(`/voice`" }),
      "dev",
      "catalog.services.voice-api.rule",
      "is PathPrefix(`/voice`: it has its end at character 20, where ) was expected",
    ],
    [
      "a flag on an unknown service",
      withFlag("AGENT_ENABLED", { services: ["voice-ap"] }),
      "dev",
      "catalog.flags.AGENT_ENABLED.services: voice-ap",
      "is unknown",
    ],
    [
      "a route to a service that does not read the flag",
      withFlag("AGENT_ENABLED", { services: ["billing-api"], routes: { agent: { rule: "Path(`/a`)", service: "voice-api" } } }),
      "dev",
      "catalog.flags.AGENT_ENABLED.routes.agent.service: voice-api",
      "is unknown",
    ],
    [
      "a cycle in requires",
      withFlag("AGENT_ENABLED", { requires: ["TRANSCRIPTS_ENABLED"] }),
      "dev",
      "catalog.flags.AGENT_ENABLED.requires",
      "leads back to itself: AGENT_ENABLED -> TRANSCRIPTS_ENABLED -> AGENT_ENABLED",
    ],
    [
      "a flag with the name of the variant without flags",
      { ...catalogInput(), flags: { BASE: catalogInput().flags["AGENT_ENABLED"] } },
      "dev",
      "catalog.flags.BASE",
      "is no name that can be used here",
    ],
    ["no service at all", { ...catalogInput(), services: {}, flags: {} }, "dev", "catalog.services", "is {}"],
    [
      "a service with a name that every object has",
      withService("constructor", { rule: "Path(`/c`)" }),
      "dev",
      "catalog.services.constructor",
      "is no name that can be used here",
    ],
    ["an expiry that is no date", withFlag("AGENT_ENABLED", { expires: "soon" }), "dev", "catalog.flags.AGENT_ENABLED.expires", 'is "soon"'],
    [
      "a flag with a name that no environment takes",
      { ...catalogInput(), flags: { agent: catalogInput().flags["AGENT_ENABLED"] } },
      "dev",
      "catalog.flags.agent",
      "is no name that can be used here",
    ],
  ])("%s", (_what, catalog, stage, path, found) => {
    expect(faultsOf({}, catalog, stage)).toContainEqual(expect.objectContaining({ path, found }));
  });

  it("testers of a flag without those of the flag that it requires", () => {
    const settings = { flags: { TRANSCRIPTS_ENABLED: { testers: true } }, testerSecret: "0123456789abcdef" };
    expect(faultsOf(settings)).toEqual([
      expect.objectContaining({ path: "flags.TRANSCRIPTS_ENABLED.testers", found: "is true, but requires AGENT_ENABLED, which testers do not have" }),
    ]);
  });

  it("a reason that is blank", () => {
    expect(faultsOf({ overrides: { AGENT_ENABLED: "            " } })).toEqual([
      expect.objectContaining({ path: "overrides.AGENT_ENABLED", allowed: "at least 10 characters" }),
    ]);
  });

  it("a secret in plain text", () => {
    expect(faultsOf({ testerSecret: "0123456789abcdef" }, catalogInput(), "dev", ["testerSecret"])).toEqual([
      expect.objectContaining({ path: "testerSecret", found: "is stored in plain text" }),
    ]);
  });

  it("all of them at once", () => {
    const faults = faultsOf({ flag: 1, flags: { AGENT_ENABLED: 30, TRANSCRIPTS_ENABLED: "x", NOPE: true } }, catalogInput(), "qa");
    expect(faults.map((fault) => fault.path).sort()).toEqual(["flag", "flags.AGENT_ENABLED", "flags.NOPE", "flags.TRANSCRIPTS_ENABLED", "stack qa"]);
  });

  it("in words that steer no terminal, whatever a key is", () => {
    const text = renderFaults("The config cannot be used", faultsOf({ "x\u001b[2J\u202e\ny": 1 }));
    expect(text).toContain(String.raw`["x\u001b[2J·\ny"]: is unknown`);
  });

  it("in words", () => {
    expect(renderFaults("The config cannot be used", faultsOf({ flags: { AGENT_ENABLED: 30 } }))).toBe(
      [
        "The config cannot be used (1 fault; nothing was changed)",
        "",
        "flags.AGENT_ENABLED: has exposure 30, which is no step",
        "  allowed: 0, 1, 5, 25, 50, 100",
        "  way out: npx pulumi config set --stack dev --path 'flags.AGENT_ENABLED' 25",
      ].join("\n"),
    );
  });
});

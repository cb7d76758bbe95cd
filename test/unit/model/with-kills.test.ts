import { describe, expect, it } from "vitest";
import { withStandingKills } from "../../../src/model/with-kills.ts";
import { modelFrom } from "../../support/model.ts";

const kill = (subject: string) => ({ subject, flags: [], routes: [] });

describe("kills that stand in a cluster", () => {
  it.each([
    ["a flag", {}, ["AGENT_ENABLED"], { AGENT_ENABLED: true }, ["AGENT_ENABLED"]],
    ["a route", {}, ["AGENT_ENABLED/agent"], { AGENT_ENABLED: ["agent"] }, ["AGENT_ENABLED/agent"]],
    ["a flag of which a route is killed", { AGENT_ENABLED: ["agent"] }, ["AGENT_ENABLED"], { AGENT_ENABLED: true }, ["AGENT_ENABLED"]],
    ["what the config has", { AGENT_ENABLED: true }, ["AGENT_ENABLED"], { AGENT_ENABLED: true }, []],
    ["a route of a killed flag", { AGENT_ENABLED: true }, ["AGENT_ENABLED/agent"], { AGENT_ENABLED: true }, []],
    ["a flag that the catalogue no longer has", {}, ["GONE"], {}, []],
  ])("hold for %s", (_title, killed, standing, expected, beyond) => {
    const { catalog, settings } = modelFrom({ kill: killed });
    const found = withStandingKills(catalog, settings, standing.map(kill));
    expect(found.settings.kill).toEqual(expected);
    expect(found.beyond).toEqual(beyond);
  });
});

import { describe, expect, it } from "vitest";
import type { Catalog } from "../../../src/model/catalog.ts";
import { findDifferences, type StageFacts } from "../../../src/operations/parity/find-differences.ts";
import { catalogOf, modelOf, readProject, readStackFile } from "../../../src/operations/project.ts";
import { catalogInput, faultsOf, localInput, modelFrom } from "../../support/model.ts";
import { HOME } from "../../support/project.ts";
import { runSluice } from "../../support/run-sluice.ts";

const { catalog } = modelFrom({});
const facts = (settings: Record<string, unknown> = {}, deployedCatalog: Catalog | null = null): StageFacts => ({
  settings: modelFrom(settings).settings,
  deployedCatalog,
});
const SECRET = { testerSecret: "0123456789abcdef" };

describe("two stages", () => {
  it("are equal when only exposures differ", () => {
    expect(findDifferences(catalog, facts({ flags: { AGENT_ENABLED: true } }), facts({ flags: { AGENT_ENABLED: 25 } }))).toEqual([]);
  });

  it.each([
    ["a kill", { kill: { AGENT_ENABLED: ["agent"] } }, "kill.AGENT_ENABLED", "nothing", '["agent"]'],
    ["an override", { overrides: { AGENT_ENABLED: "pilot customer" } }, "overrides.AGENT_ENABLED", "nothing", "pilot customer"],
    ["an approval", { approvals: { AGENT_ENABLED: { by: "ann" } } }, "approvals.AGENT_ENABLED", "nothing", '{"by":"ann","exposure":100}'],
    ["a settled flag", { flags: { AGENT_ENABLED: { exposure: 100, settled: true } } }, "flags.AGENT_ENABLED.settled", "false", "true"],
    ["the Prometheus", { prometheus: "http://127.0.0.1:9090" }, "prometheus", "nothing", "http://127.0.0.1:9090"],
    ["a secret that only one has", SECRET, "testerSecret", "not set", "set"],
    ["the webhook", { webhook: "https://example.org/hook" }, "webhook", "not set", "set"],
    ["the folder", { local: { ...localInput(), directory: "/srv/sluice" } }, "local.directory", "nothing", "/srv/sluice"],
    ["the address", { local: { ...localInput(), host: "0.0.0.0" } }, "local.host", "127.0.0.1", "0.0.0.0"],
    ["a port", { local: { ...localInput(), workloadPorts: { "voice-api": 9100, "billing-api": 8200 } } }, "local.workloadPorts.billing-api", "8120", "8200"],
  ])("differ in %s", (_what, settings, path, left, right) => {
    expect(findDifferences(catalog, facts(), facts(settings))).toEqual([{ path, left, right, reason: null }]);
  });

  it("differ in testers of a flag", () => {
    const differences = findDifferences(catalog, facts(SECRET), facts({ ...SECRET, flags: { AGENT_ENABLED: { testers: true } } }));
    expect(differences).toEqual([{ path: "flags.AGENT_ENABLED.testers", left: "false", right: "true", reason: null }]);
  });
});

describe("a declared difference", () => {
  const right = facts({ local: localInput(8200) });
  it.each([
    ["the path itself", { "local.port": "its own ports" }, ["local.port"]],
    ["a path above", { local: "its own ports" }, ["local.adminPort", "local.port", "local.workloadPorts.billing-api", "local.workloadPorts.voice-api"]],
    ["no path that only begins alike", { "local.po": "its own ports" }, []],
  ])("is one under %s, in either stage", (_case, differs, covered) => {
    const declared = (left: StageFacts, other: StageFacts): string[] =>
      findDifferences(catalog, left, other)
        .filter(({ reason }) => reason === "its own ports")
        .map(({ path }) => path);
    expect(declared(facts({ differs }), right)).toEqual(covered);
    expect(declared(right, facts({ differs }))).toEqual(covered);
  });

  it("of something that is not compared is a fault", () => {
    expect(faultsOf({ differs: { "locl.port": "its own ports" } })).toEqual([
      {
        path: "differs: locl.port",
        found: "is unknown",
        allowed: "target, flags, kill, overrides, approvals, prometheus, monitoring, webhook, testerSecret, local, docker, kubernetes, catalog",
        wayOut: "did you mean local?",
      },
    ]);
  });
});

describe("the catalogues of the last updates", () => {
  const older = modelFrom({}, { ...catalogInput(), steps: [50, 100], flags: { AGENT_ENABLED: catalogInput().flags["AGENT_ENABLED"] } }).catalog;

  it("are a difference, by their parts, where one stage has an older one", () => {
    expect(findDifferences(catalog, facts({}, catalog), facts({}, older))).toEqual([
      { path: "catalog.steps", left: "deployed as in Pulumi.yaml", right: "deployed otherwise than in Pulumi.yaml", reason: null },
      { path: "catalog.flags.TRANSCRIPTS_ENABLED", left: "deployed as in Pulumi.yaml", right: "deployed otherwise than in Pulumi.yaml", reason: null },
    ]);
  });
  it("are none where both have the same, or one was never deployed", () => {
    expect(findDifferences(catalog, facts({}, older), facts({}, older))).toEqual([]);
    expect(findDifferences(catalog, facts({}, older), facts({}, null))).toEqual([]);
  });
});

describe("the committed stages", () => {
  it.each([
    ["dev", "staging"],
    ["staging", "production"],
    ["dev", "production"],
  ])("%s and %s differ only where it is declared", async (left, right) => {
    const project = await readProject(HOME);
    const committed = async (stage: string): Promise<StageFacts> => ({
      settings: modelOf(project, stage, (await readStackFile(project, stage)).config).settings,
      deployedCatalog: null,
    });
    const differences = findDifferences(catalogOf(project, {}), await committed(left), await committed(right));
    expect(differences.length).toBeGreaterThan(0);
    expect(differences.filter(({ reason }) => reason === null)).toEqual([]);
  });

  it("are named in full", async () => {
    const { code, stderr } = await runSluice(["parity", "dev", "prodution"]);
    expect({ code, stderr }).toEqual({ code: 2, stderr: "There is no stage prodution; the catalogue has dev, staging, production. Did you mean production?" });
  });
});

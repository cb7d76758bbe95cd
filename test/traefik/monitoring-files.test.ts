import { describe, expect, it } from "vitest";
import { parse, stringify } from "yaml";
import { z } from "zod";
import { monitoringDocuments } from "../../src/monitoring/documents.ts";
import { exposeFacts } from "../../src/monitoring/exposition.ts";
import { monitoringFiles } from "../../src/monitoring/files.ts";
import { queriesOf } from "../support/dashboards.ts";
import { everyFact } from "../support/facts.ts";
import { catalogInput } from "../support/model.ts";
import { HOSTILE, monitoringInput } from "../support/monitoring.ts";
import { hasProgram, runOn } from "../support/prometheus-tools.ts";

const catalog = catalogInput();
Object.assign(catalog.flags["AGENT_ENABLED"] ?? {}, HOSTILE);
const input = monitoringInput({}, catalog);
const documents = monitoringDocuments({ ...input, settings: { ...input.settings, facts: "127.0.0.1:9469" } });
const files = Object.fromEntries(monitoringFiles(documents).map(({ path, content }) => [path, content]));
const textOf = (name: string): string => files[name] ?? "";

describe.skipIf(!(await hasProgram("promtool")))("the files by the real promtool (skipped where no promtool is on PATH)", () => {
  it("rules are valid whatever people write", async () => {
    expect(await runOn({ "rules.yaml": textOf("rules.yaml") }, "promtool", ["check", "rules", "rules.yaml"])).toMatchObject({ code: 0 });
  });

  it("so is one with a scheme and a path, for an address behind a proxy", async () => {
    const { scrape } = monitoringDocuments({ ...input, traefik: "https://admin.shop.example/traefik" });
    expect(await runOn({ "scrape.yaml": stringify(scrape) }, "promtool", ["check", "config", "scrape.yaml"])).toMatchObject({ code: 0 });
  });

  it("the scrape config is valid", async () => {
    expect(await runOn({ "scrape.yaml": textOf("scrape.yaml") }, "promtool", ["check", "config", "scrape.yaml"])).toMatchObject({ code: 0 });
  });

  it("so is every query of the dashboards", async () => {
    const queries = Object.values(documents.dashboards).flatMap(queriesOf);
    const rules = { groups: [{ name: "queries", rules: queries.map((expr, index) => ({ record: `query:${index}`, expr })) }] };
    expect(await runOn({ "rules.yaml": stringify(rules) }, "promtool", ["check", "rules", "rules.yaml"])).toMatchObject({
      code: 0,
      output: expect.stringContaining(`${queries.length} rules found`),
    });
  });

  it("what sluice metrics tells has no fault by promtool's own rules for names and units", async () => {
    expect(await runOn({}, "promtool", ["check", "metrics"], exposeFacts(everyFact(HOSTILE.owner)))).toEqual({ code: 0, output: "" });
  });
});

describe.skipIf(!(await hasProgram("amtool")))("the routes by the real amtool (skipped where no amtool is on PATH)", () => {
  const receivers = z
    .object({ route: z.object({ routes: z.array(z.object({ receiver: z.string() })) }) })
    .parse(parse(textOf("alertmanager.yaml")))
    .route.routes.map(({ receiver }) => receiver);
  const amtool = (...args: readonly string[]) => runOn({ "alertmanager.yaml": textOf("alertmanager.yaml") }, "amtool", args);

  async function receiverOf(labels: readonly string[]): Promise<string | undefined> {
    const { output } = await amtool("config", "routes", "test", "--config.file=alertmanager.yaml", ...labels);
    return output.split("\n").at(-1);
  }

  it("are valid", async () => {
    expect(await amtool("check-config", "alertmanager.yaml")).toMatchObject({ code: 0, output: expect.stringContaining("3 receivers") });
  });

  it.each([
    ["of another owner's flag to the owner", ["owner=voice", "flag=TRANSCRIPTS_ENABLED"], "owner-voice"],
    ["about a whole stage to everyone", ["alertname=SluiceStageDrifted", "stage=production"], "sluice"],
    ["of an owner who is in no route to everyone", ["owner=someone"], "sluice"],
  ])("lead an alert %s", async (_title, labels, receiver) => {
    expect(await receiverOf(labels)).toBe(receiver);
  });

  it("lead an alert of a hostile owner's flag to that owner", async () => {
    const label = 'owner="voice \\"x\\" {{ .Foo }}\\\\ second: {line}"';
    const hostile = receivers.find((name) => name !== "owner-voice");
    expect(await receiverOf([label])).toBe(hostile);
  });
});

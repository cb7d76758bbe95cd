import { describe, expect, it } from "vitest";
import { z } from "zod";
import { monitoringDocuments } from "../../../src/monitoring/documents.ts";
import { FACTS } from "../../../src/monitoring/facts.ts";
import { prometheusRules } from "../../../src/monitoring/rules.ts";
import { dashboardSchema, queriesOf } from "../../support/dashboards.ts";
import { catalogInput } from "../../support/model.ts";
import { HOSTILE, monitoringInput } from "../../support/monitoring.ts";

const { dashboards } = monitoringDocuments(monitoringInput());

describe("the dashboards of a stage", () => {
  it("are one for the stage and one for each flag, each with a lasting name of its own", () => {
    const heads = Object.values(dashboards).map((dashboard) => dashboardSchema.parse(dashboard));
    expect(heads.map(({ title }) => title)).toEqual([
      "Sluice / production",
      "Sluice / production / AGENT_ENABLED",
      "Sluice / production / TRANSCRIPTS_ENABLED",
    ]);
    expect(new Set(heads.map(({ uid }) => uid)).size).toBe(3);
    for (const { uid } of heads) expect(uid).toMatch(/^sluice-[0-9a-f]{8}$/);
  });

  it("ask only for series that the rules record, that sluice metrics tells, or that Traefik has", () => {
    const recorded = prometheusRules(monitoringInput()).groups.flatMap(({ rules }) => rules.flatMap((rule) => ("record" in rule ? [rule.record] : [])));
    const known = new Set([...recorded, ...Object.values(FACTS).map(({ name }) => name), "traefik_service_requests_total", "ALERTS"]);
    const asked = Object.values(dashboards).flatMap((dashboard) =>
      queriesOf(dashboard).flatMap((query) => query.match(/[a-zA-Z_:]+[a-zA-Z0-9_:]*(?=\{)/g) ?? []),
    );
    expect(asked.filter((name) => !known.has(name))).toEqual([]);
    expect(asked.length).toBeGreaterThan(20);
  });

  it("show a flag's services with and without, side by side", () => {
    const panels = dashboardSchema
      .parse(dashboards["flag-agent-enabled"])
      .panels.map(({ title, targets }) => `${title}: ${targets.map(({ legendFormat }) => legendFormat).join(", ")}`);
    expect(panels).toContain("voice-api: error ratio: {{side}} the flag");
    expect(panels).toContain("billing-api: duration: p50 {{side}} the flag, p99 {{side}} the flag");
  });

  it("mark updates, rollbacks and kills at their moments", () => {
    const { annotations } = dashboardSchema.parse(dashboards["flag-agent-enabled"]);
    expect(annotations.list.map(({ name }) => name)).toEqual(["Updates", "Rollbacks", "Kills", "Revivals", "Promotions"]);
    const kill = 'sluice_operation_timestamp_seconds{stage="production", operation=~"kill", flag=~"AGENT_ENABLED|"}';
    const last = (series: string): string => `max by (stage, flag, operation) (${series})`;
    expect(annotations.list[2]).toMatchObject({ expr: `(${last(kill)} unless ${last(kill)} == ${last(`${kill} offset 1m`)}) * 1000`, useValueForTime: true });
  });

  it("have a hostile description as one line of text, without a variable of Grafana's", () => {
    const catalog = catalogInput();
    Object.assign(catalog.flags["AGENT_ENABLED"] ?? {}, { ...HOSTILE, description: `${HOSTILE.description}${"x".repeat(5_000)}` });
    const hostile = monitoringDocuments(monitoringInput({}, catalog)).dashboards["flag-agent-enabled"];
    const { description } = z.looseObject({ description: z.string() }).parse(hostile);
    expect(description).toMatch(/^a "quote", /);
    expect(description).not.toMatch(/[$\p{Cc}]/u);
    expect(description.length).toBeLessThan(450);
  });
});

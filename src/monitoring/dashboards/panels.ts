import { BigValueColorMode, LegendDisplayMode, LegendPlacement, VizLegendOptionsBuilder } from "@grafana/grafana-foundation-sdk/common";
import { AnnotationQueryBuilder, DashboardBuilder, DashboardCursorSync, DatasourceVariableBuilder } from "@grafana/grafana-foundation-sdk/dashboard";
import { DataqueryBuilder } from "@grafana/grafana-foundation-sdk/prometheus";
import { PanelBuilder as StatPanelBuilder } from "@grafana/grafana-foundation-sdk/stat";
import { PanelBuilder as TimeseriesPanelBuilder } from "@grafana/grafana-foundation-sdk/timeseries";
import { singleLine } from "../owner.ts";

/** Where every query goes: the Prometheus that is chosen at the top of the dashboard. */
const DATASOURCE = { type: "prometheus", uid: "${datasource}" } as const;

/** Units of Grafana. */
export type Unit = "percentunit" | "s" | "reqps" | "short";

/** A query, and what its series are called; `{{label}}` stands for a label. */
export interface Query {
  readonly expr: string;
  readonly legend: string;
}

/** What is drawn as a vertical line at its moment. */
export interface Event {
  readonly name: string;
  /** Selects series whose values are the last moment of something, in seconds since 1970. */
  readonly selector: string;
  /** The labels that tell these things apart. */
  readonly labels: readonly string[];
  readonly color: "blue" | "orange" | "red" | "green" | "purple";
  readonly text: string;
}

/** Whole width of a dashboard in Grafana's grid. */
const WIDTH = 24;

/** Curves over time, with the last values in the legend. @param width of 24 */
export function curves(title: string, description: string, unit: Unit, queries: readonly Query[], width = WIDTH / 2): TimeseriesPanelBuilder {
  const legend = new VizLegendOptionsBuilder().displayMode(LegendDisplayMode.Table).placement(LegendPlacement.Bottom).showLegend(true).calcs(["lastNotNull"]);
  const panel = new TimeseriesPanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .min(0)
    .height(8)
    .span(width)
    .legend(legend);
  for (const query of queries) panel.withTarget(target(query));
  return panel;
}

/** Single numbers, as they are now. @param width of 24 */
export function numbers(title: string, description: string, unit: Unit, queries: readonly Query[], width: number): StatPanelBuilder {
  const panel = new StatPanelBuilder()
    .title(title)
    .description(description)
    .datasource(DATASOURCE)
    .unit(unit)
    .height(4)
    .span(width)
    .colorMode(BigValueColorMode.None)
    .noValue("not known");
  for (const query of queries) panel.withTarget(target(query).instant());
  return panel;
}

/** A dashboard with its panels, in the form that Grafana reads from files and that its API takes. @param uid the same for as long as it is the same dashboard, at most 40 characters */
export function dashboard(
  head: { readonly uid: string; readonly title: string; readonly description: string; readonly stage: string },
  panels: readonly (TimeseriesPanelBuilder | StatPanelBuilder)[],
  events: readonly Event[],
): object {
  const builder = new DashboardBuilder(head.title)
    .uid(head.uid)
    // A dollar sign would begin a variable of Grafana's.
    .description(singleLine(head.description).replaceAll("$", "＄"))
    .tags(["sluice", head.stage])
    .refresh("30s")
    .time({ from: "now-6h", to: "now" })
    .timezone("browser")
    .tooltip(DashboardCursorSync.Crosshair)
    .readonly()
    .withVariable(new DatasourceVariableBuilder("datasource").label("Prometheus").type("prometheus"))
    .annotations(events.map(annotation));
  for (const panel of panels) builder.withPanel(panel);
  return builder.build();
}

function target({ expr, legend }: Query): DataqueryBuilder {
  return new DataqueryBuilder().expr(expr).legendFormat(legend);
}

/**
 * Grafana draws every point that an annotation's query gives. So it gives one only where the moment is another than a
 * minute before, and Grafana takes the value, in milliseconds, for the time.
 */
function annotation({ name, selector, labels, color, text }: Event): AnnotationQueryBuilder {
  const last = (series: string): string => `max by (${labels.join(", ")}) (${series})`;
  const changed = `(${last(selector)} unless ${last(selector)} == ${last(`${selector} offset 1m`)}) * 1000`;
  return new AnnotationQueryBuilder()
    .name(name)
    .datasource(DATASOURCE)
    .enable(true)
    .iconColor(color)
    .expr(changed)
    .step("60s")
    .titleFormat(name)
    .textFormat(text)
    .useValueForTime(true);
}

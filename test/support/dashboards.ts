import { z } from "zod";

/** What tests look at of a dashboard. */
export const dashboardSchema = z.looseObject({
  uid: z.string(),
  title: z.string(),
  panels: z.array(z.looseObject({ title: z.string(), targets: z.array(z.looseObject({ expr: z.string(), legendFormat: z.string() })) })),
  annotations: z.looseObject({ list: z.array(z.looseObject({ name: z.string(), expr: z.string() })) }),
});

/** Every query of a dashboard's panels and annotations. */
export function queriesOf(dashboard: unknown): string[] {
  const { panels, annotations } = dashboardSchema.parse(dashboard);
  return [...panels.flatMap(({ targets }) => targets.map(({ expr }) => expr)), ...annotations.list.map(({ expr }) => expr)];
}

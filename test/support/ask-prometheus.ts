import { z } from "zod";
import { ask } from "../../src/net/ask.ts";

const alertSchema = z.object({
  labels: z.record(z.string(), z.string()),
  annotations: z.record(z.string(), z.string()),
  state: z.enum(["pending", "firing"]),
});
const alertsSchema = z.object({ data: z.object({ alerts: z.array(alertSchema) }) });
const queryResult = z.object({
  data: z.object({ result: z.array(z.object({ metric: z.record(z.string(), z.string()), value: z.tuple([z.number(), z.string()]) })) }),
});

/** The alerts that a running Prometheus has firing. */
export async function firingAlerts(url: string): Promise<z.infer<typeof alertSchema>[]> {
  const { body } = await ask(url, { path: "/api/v1/alerts" });
  return alertsSchema.parse(JSON.parse(body)).data.alerts.filter(({ state }) => state === "firing");
}

/** The values of a query, each with its labels. */
export async function queryPrometheus(url: string, query: string): Promise<{ readonly labels: Readonly<Record<string, string>>; readonly value: number }[]> {
  const { body } = await ask(url, { path: `/api/v1/query?query=${encodeURIComponent(query)}` });
  return queryResult.parse(JSON.parse(body)).data.result.map(({ metric, value }) => ({ labels: metric, value: Number(value[1]) }));
}

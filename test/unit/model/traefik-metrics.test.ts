import { expect, it } from "vitest";
import { FAILURES, isFailure } from "../../../src/model/traefik-metrics.ts";

it("counts the same statuses as failures in Prometheus and here", () => {
  const [, pattern = ""] = /^code=~"(.*)"$/.exec(FAILURES) ?? [];
  const matches = new RegExp(`^(?:${pattern})$`);
  const statuses = Array.from({ length: 900 }, (_, index) => index + 100);
  expect(statuses.filter((status) => matches.test(String(status)))).toEqual(statuses.filter(isFailure));
  expect(statuses.filter(isFailure)).toHaveLength(500);
});

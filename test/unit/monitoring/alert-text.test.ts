import { describe, expect, it } from "vitest";
import { alertProse, alertTemplate } from "../../../src/monitoring/alert-text.ts";

describe("a text of an alert", () => {
  it.each([
    ["{service} in {stage}", "{{ $labels.service }} in production", "SERVICE in STAGE"],
    ["{value} with {flag}", "{{ $value | humanizePercentage }} with {{ $labels.flag }}", "N with FLAG"],
    ["a {{ $value }} of its own", 'a {{"{"}}{{"{"}} $value }} of its own', "a {{ $value }} of its own"],
    ["{{flag}", '{{"{"}}{{ $labels.flag }}', "{FLAG"],
  ])("%s", (text, template, prose) => {
    expect(alertTemplate(text, { value: "share" }, "production")).toBe(template);
    expect(alertProse(text)).toBe(prose);
  });
});

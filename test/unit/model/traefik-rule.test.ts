import { describe, expect, it } from "vitest";
import { ruleFault } from "../../../src/model/traefik-rule.ts";
import { BAD_RULES, GOOD_RULES } from "../../support/rules.ts";

describe("a router rule", () => {
  it.each(GOOD_RULES)("%s is taken", (rule) => {
    expect(ruleFault(rule)).toBeNull();
  });
  it.each(BAD_RULES)("%s is refused, because it %s", (rule, fault) => {
    expect(ruleFault(rule)).toContain(fault);
  });
  it("that Traefik would read as a template is refused", () => {
    expect(ruleFault("Path(`/{{ x }}`)")).toContain("template");
  });
});

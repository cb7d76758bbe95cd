import { describe, expect, it } from "vitest";
import { redact } from "../../../../src/operations/audit/redact.ts";

describe("secrets", () => {
  it.each([
    ["a known webhook", "told https://hooks.slack.com/services/T0/B0/x1y2 of it", "told (webhook) of it"],
    ["another known webhook", "https://discord.com/api/webhooks/1/abc", "(webhook)"],
    ["a password in an address", "https://ann:secret@prometheus:9090/api", "https://prometheus:9090/api"],
    ["a secret that was given", "with tester-secret-1234 in it", "with (secret) in it"],
    ["nothing else", "p99 of https://shop.example/cart was 1.2 s", "p99 of https://shop.example/cart was 1.2 s"],
  ])("%s", (_case, text, expected) => {
    expect(redact(text, ["tester-secret-1234"])).toBe(expected);
  });

  it("are found at every depth, in keys as well", () => {
    expect(redact({ a: [{ "tester-secret-1234": "tester-secret-1234" }, 1, null, true] }, ["tester-secret-1234"])).toEqual({
      a: [{ "(secret)": "(secret)" }, 1, null, true],
    });
  });

  it("that are too short to be told from words are left", () => {
    expect(redact("done", ["o", ""])).toBe("done");
  });
});

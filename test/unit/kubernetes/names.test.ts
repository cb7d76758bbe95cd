import fc from "fast-check";
import { describe, expect, it } from "vitest";
import { hashedName, traefikRouterName, traefikServiceName } from "../../../src/kubernetes/names.ts";
import { shortHash } from "../../../src/plan/canonical.ts";

const DNS_LABEL = /^[a-z]([a-z0-9-]*[a-z0-9])?$/;
const part = fc.stringMatching(/^[a-z][a-z0-9]{0,12}$/);
/** Services and variants as the catalogue lets them be called, and longer. */
const readable = fc
  .tuple(fc.array(part, { minLength: 1, maxLength: 6 }), fc.array(part, { minLength: 1, maxLength: 6 }))
  .map(([service, variant]) => `${service.join("-")}--${variant.join("--")}`);

describe("the name of a variant's objects", () => {
  it("is a DNS label for any service and variant, and is told apart by its hash alone", () => {
    fc.assert(
      fc.property(readable, fc.string(), fc.string(), (name, one, other) => {
        const named = hashedName(name, shortHash(one));
        expect(named).toMatch(DNS_LABEL);
        expect(named.length).toBeLessThanOrEqual(63);
        expect(named.endsWith(`-${shortHash(one)}`)).toBe(true);
        expect(named === hashedName(name, shortHash(other))).toBe(shortHash(one) === shortHash(other));
      }),
    );
  });

  it("keeps what a person reads, as far as there is room", () => {
    expect(hashedName("voice-api--base", "0a1b2c3d")).toBe("voice-api--base-0a1b2c3d");
    expect(hashedName(`${"a".repeat(53)}--base`, "0a1b2c3d")).toBe(`${"a".repeat(53)}-0a1b2c3d`);
  });
});

describe("what Traefik calls things", () => {
  it.each([
    [traefikServiceName("voice", "voice-api--base-0a1b2c3d", "bucket-2"), "voice-voice-api-base-0a1b2c3d-bucket-2@kubernetescrd"],
    [traefikServiceName("voice", "voice-api.newcomers", null), "voice-voice-api-newcomers@kubernetescrd"],
    // sha256 of the rule, its first 20 digits.
    [traefikRouterName("voice", "voice-api.agent.testers", "PathPrefix(`/voice`)"), "voice-voice-api-agent-testers-66d759202d731ed2be95@kubernetescrd"],
  ])("is %s", (name, expected) => {
    expect(name).toBe(expected);
  });
});

import { describe, expect, it } from "vitest";
import { alertmanagerFile } from "../../../src/monitoring/alertmanager.ts";
import { ownerLabel, ownerSlug } from "../../../src/monitoring/owner.ts";

describe("an owner", () => {
  it.each([
    ["voice", "voice", "voice"],
    ["Team Voice <voice@example.org>", "Team Voice <voice@example.org>", /^team-voice-voice-example-org-[0-9a-f]{8}$/],
    ["a\nb\u0000c", "a b c", /^a-b-c-[0-9a-f]{8}$/],
    ["../../etc", "../../etc", /^etc-[0-9a-f]{8}$/],
    ["声", "声", /^[0-9a-f]{8}$/],
    ["\ud800", "\ufffd", /^[0-9a-f]{8}$/],
    [" \u200b", "unnamed", /^[0-9a-f]{8}$/],
  ])("%j is %j in labels, and fit for a file's name", (owner, label, slug) => {
    expect(ownerLabel(owner)).toBe(label);
    expect(ownerSlug(owner)).toMatch(slug);
  });

  it("has a receiver, also one that is called like the receiver of everything else", () => {
    const flag = { description: "d", expires: "2027-06-30", services: [], routes: {}, requires: [], soak: {}, drill: null, review: false };
    const watch = { duration: {}, interval: 1_000, patience: 0, minimumRequests: 1, falseAlarmRate: 0.01, metrics: {} };
    const { route, receivers } = alertmanagerFile({
      flags: { A: { ...flag, watch, owner: "sluice" }, B: { ...flag, watch, owner: "voice" }, C: { ...flag, watch, owner: "voice" } },
    });
    expect(receivers.map(({ name }) => name)).toEqual(["sluice", "owner-sluice", "owner-voice"]);
    expect(route).toEqual({
      receiver: "sluice",
      group_by: ["alertname", "stage", "flag"],
      routes: [
        { receiver: "owner-sluice", matchers: ['owner="sluice"'] },
        { receiver: "owner-voice", matchers: ['owner="voice"'] },
      ],
    });
  });
});

import { describe, expect, it } from "vitest";
import { missingDrill, movingImages, unownedExposures } from "../../../policy/rules.ts";

const NOW = new Date("2026-06-01T12:00:00Z");
const DIGEST = `shop/voice@sha256:${"a".repeat(64)}`;

describe("an exposure", () => {
  const faultsOf = (exposure: number, flag: { owner?: string; expires?: string }): string[] => unownedExposures({ FLAG: exposure }, { FLAG: flag }, 100, NOW);

  it.each([
    ["an owner and a last day", 25, { owner: "voice", expires: "2026-07-01" }],
    ["today as its last day", 25, { owner: "voice", expires: "2026-06-01" }],
    ["nothing, but nobody sees it", 0, {}],
  ])("is let through with %s", (_what, exposure, flag) => {
    expect(faultsOf(exposure, flag)).toEqual([]);
  });

  it.each([
    ["has no owner", { owner: " ", expires: "2026-07-01" }],
    ["has no last day", { owner: "voice" }],
    ["had its last day on 2026-05-30", { owner: "voice", expires: "2026-05-30" }],
    ["has its last day in 212 days, 100 are allowed", { owner: "voice", expires: "2026-12-30" }],
  ])("is refused where the flag %s", (fault, flag) => {
    expect(faultsOf(25, flag)).toEqual([`FLAG is on for 25% of visitors and ${fault}; mend flags.FLAG in Pulumi.yaml, or turn it off`]);
  });

  it("is refused for each fault of a flag that the catalogue does not have", () => {
    expect(unownedExposures({ GONE: 100 }, {}, 100, NOW)).toHaveLength(2);
  });
});

describe("an image", () => {
  const deployment = (image: string) => ({ spec: { template: { spec: { initContainers: [{ image: DIGEST }], containers: [{ image }] } } } });

  it.each([
    ["docker:index/remoteImage:RemoteImage", { name: DIGEST }],
    ["docker:index/remoteImage:RemoteImage", { name: undefined }],
    ["docker:index/container:Container", { image: `sha256:${"a".repeat(64)}` }],
    ["kubernetes:apps/v1:Deployment", deployment(DIGEST)],
    ["kubernetes:core/v1:ConfigMap", { data: { image: "voice:latest" } }],
    ["sluice-local:index:TextFile", { image: "voice:latest" }],
  ])("of %s passes: %j", (type, props) => {
    expect(movingImages([{ type, name: "voice", props }])).toEqual([]);
  });

  it.each([
    ["docker:index/remoteImage:RemoteImage", { name: "voice:1" }],
    ["docker:index/remoteImage:RemoteImage", { name: "voice:1@sha256:aaaa" }],
    ["docker:index/container:Container", { image: "voice:1" }],
    ["kubernetes:apps/v1:Deployment", deployment("voice:1")],
    ["kubernetes:batch/v1:CronJob", { spec: { jobTemplate: deployment("voice:1") } }],
    ["kubernetes:core/v1:Pod", { spec: { containers: [{ image: "voice" }] } }],
  ])("of %s that may move is refused: %j", (type, props) => {
    expect(movingImages([{ type, name: "voice", props }])).toEqual([expect.stringMatching(/^voice runs voice.*, whose tag may move/)]);
  });
});

describe("the last stage", () => {
  const day = (text: string): Date => new Date(`${text}T00:00:00Z`);
  const faultOf = (exposure: number, drills: Record<string, Date>): string | null => missingDrill("production", { FLAG: exposure }, drills, 30, NOW);

  it("shows nothing, or has a drill not long ago, in any stage", () => {
    expect(faultOf(0, {})).toBeNull();
    expect(faultOf(25, { dev: day("2026-01-01"), staging: day("2026-05-20") })).toBeNull();
  });

  it("is refused without one, and told of one that is too old", () => {
    expect(faultOf(25, {})).toContain("no drill is on record");
    expect(faultOf(25, { staging: day("2026-04-01") })).toContain("the last drill on record was on 2026-04-01");
  });
});

import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { bucketCookie } from "../../src/model/bucket.ts";
import type { Answer } from "../../src/net/ask.ts";

/** What a target must offer to be held against the contract. */
export interface TargetUnderTest {
  /** Makes the config of one stage hold these keys, and deploys it. */
  deploy(config: { readonly flags: unknown; readonly kill?: unknown }): Promise<void>;
  /** Asks the running stage. */
  ask(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Edits something that the target made behind the engine's back, and gives what `pulumi refresh` says of it. */
  drift(): Promise<string>;
  /** Destroys the stage and gives what it left behind. */
  destroy(): Promise<readonly string[]>;
  close(): Promise<void>;
}

const FLAG = "AGENT_ENABLED";

/**
 * What every target keeps to. Its catalogue is that of the test projects: the services voice-api (env)
 * and billing-api (header), the flag AGENT_ENABLED with the gated route /agent.
 */
export function targetContract(name: string, make: () => Promise<TargetUnderTest>): void {
  describe(`the target ${name}`, () => {
    let target: TargetUnderTest;
    beforeAll(async () => {
      target = await make();
    });
    afterAll(() => target.close());

    const isOn = async (path: string, headers: Readonly<Record<string, string>> = {}): Promise<boolean> =>
      (await target.ask(path, headers)).body.includes('"true"');
    const inBucket = (bucket: number): Record<string, string> => ({ cookie: `${bucketCookie(bucket)}=x` });

    it("shows a flag that is off to no one, and no gated route", async () => {
      await target.deploy({ flags: { [FLAG]: false } });
      expect(await isOn("/voice")).toBe(false);
      expect(await isOn("/billing", inBucket(1))).toBe(false);
      expect((await target.ask("/agent")).status).toBe(404);
    });

    it("shows a flag in part to its buckets, on every service and route", async () => {
      await target.deploy({ flags: { [FLAG]: 25 } });
      for (const path of ["/voice", "/billing", "/agent"]) {
        for (const bucket of [1, 2, 3]) expect(await isOn(path, inBucket(bucket))).toBe(true);
        for (const bucket of [4, 5]) expect(await isOn(path, inBucket(bucket))).toBe(false);
      }
    });

    it("gives a newcomer a bucket beside the application's own cookie", async () => {
      const cookies = (await target.ask("/voice")).headers["set-cookie"] ?? [];
      expect(cookies.some((cookie) => /^sluice-[1-5]=/.test(cookie))).toBe(true);
      expect(cookies.some((cookie) => cookie.startsWith("session="))).toBe(true);
    });

    it("does not believe what a client says of a flag", async () => {
      expect(await isOn("/billing", { ...inBucket(5), "x-flag-agent-enabled": "true" })).toBe(false);
    });

    it("shows a flag that is fully on to everyone", async () => {
      await target.deploy({ flags: { [FLAG]: true } });
      for (const path of ["/voice", "/billing", "/agent"]) expect(await isOn(path)).toBe(true);
    });

    it("takes a killed route away and leaves the flag", async () => {
      await target.deploy({ flags: { [FLAG]: true }, kill: { [FLAG]: ["agent"] } });
      expect((await target.ask("/agent")).status).toBe(404);
      expect(await isOn("/voice")).toBe(true);
    });

    it("lets a kill win over the setting", async () => {
      await target.deploy({ flags: { [FLAG]: true }, kill: { [FLAG]: true } });
      expect(await isOn("/voice", inBucket(1))).toBe(false);
      expect((await target.ask("/agent")).status).toBe(404);
    });

    it("shows an edit by hand as a difference of a property", async () => {
      expect(await target.drift()).toMatch(/~ (content|flags\.json)/);
    });

    it("leaves nothing behind", async () => {
      expect(await target.destroy()).toEqual([]);
    });
  });
}

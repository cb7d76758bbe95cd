import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoutedTraefik, readEcho, startRoutedTraefik } from "../support/routed-traefik.ts";
import { askRaw, rawGet } from "../support/send-raw.ts";

let traefik: RoutedTraefik;
beforeAll(async () => {
  traefik = await startRoutedTraefik();
  await traefik.route({ AGENT_ENABLED: 25 });
});
afterAll(() => traefik.stop());

/** What a client with these lines of cookies is, by what the application is told and by the cookie that comes back. */
async function visit(...cookies: readonly string[]): Promise<{ readonly bucket: number; readonly variant: string; readonly given: boolean }> {
  const { status, head, body } = await askRaw(traefik.url, rawGet("/voice", ...cookies.map((cookie) => `Cookie: ${cookie}`)));
  expect(status).toBe(200);
  const { name, headers } = readEcho(body);
  return { bucket: Number(headers["x-sluice-bucket"]), variant: name, given: /^set-cookie: sluice-\d=/im.test(head) };
}
const variantOf = (bucket: number): string => (bucket <= 3 ? "voice-api/agent-enabled" : "voice-api/base");

describe("a forged bucket cookie", () => {
  it.each([
    ["of bucket 0", "sluice-0=x"],
    ["of a bucket past the last", "sluice-6=x"],
    ["of a number beyond all numbers", `sluice-${"9".repeat(400)}=x`],
    ["with a sign", "sluice--1=x"],
    ["with the other sign", "sluice-+1=x"],
    ["in hexadecimal", "sluice-0x1=x"],
    ["with a leading zero", "sluice-01=x"],
    ["with a fraction", "sluice-1.0=x"],
    ["with a space before its equals sign", "sluice-1 =x"],
    ["with nothing but its name", "sluice-1"],
    ["cut by a semicolon", "sluice-1;=x"],
    ["with a quoted name", '"sluice-1"=x'],
    ["percent-encoded", "sluice%2d1=x"],
    ["in capitals", "SLUICE-1=x"],
    ["with another's name before it", "xsluice-1=x"],
    ["in another's value", "a=sluice-1=x"],
    ["after a comma", "a=b,sluice-1=x"],
    ["after a tab", "a=b;\tsluice-1=x"],
    ["with full-width digits", "sluice-\xef\xbc\x91=x"],
  ])("%s makes a newcomer", async (_what, cookie) => {
    const { bucket, variant, given } = await visit(cookie);
    expect(given).toBe(true);
    expect([1, 2, 3, 4, 5]).toContain(bucket);
    expect(variant).toBe(variantOf(bucket));
  });

  it.each([
    ["without a value", 4, ["sluice-4="]],
    ["with a value that breaks out of quotes", 4, ['sluice-4="; a="']],
    ["with a value like a rule", 4, ["sluice-4=`) || PathPrefix(`/"]],
    ["with a value of 4 KB", 4, [`sluice-4=${"x".repeat(4_096)}`]],
    ["of every bucket", 1, [[5, 4, 3, 2, 1].map((bucket) => `sluice-${bucket}=x`).join("; ")]],
    ["twice", 4, ["sluice-4=a; sluice-4=b"]],
    ["in two lines", 3, ["sluice-5=x", "sluice-3=x"]],
    ["after a hundred others", 4, [`${Array.from({ length: 100 }, (_, index) => `c${index}=x`).join("; ")}; sluice-4=x`]],
  ])("%s is one of bucket %i, and shows what that bucket does", async (_what, bucket, cookies) => {
    expect(await visit(...cookies)).toEqual({ bucket, variant: variantOf(bucket), given: false });
  });
});

describe("a large cookie", () => {
  it("of 8 KB goes through", async () => {
    expect(await visit(`a=${"x".repeat(8_192)}; sluice-4=x`)).toEqual({ bucket: 4, variant: variantOf(4), given: false });
  });

  it.each([
    ["20 KB, which the application refuses", 20 * 1024],
    ["2 MB, which Traefik refuses", 2 * 1024 * 1024],
  ])("of %s, is answered with 431, and the next request is well", async (_what, length) => {
    const { status } = await askRaw(traefik.url, rawGet("/voice", `Cookie: a=${"x".repeat(length)}`));
    expect(status).toBe(431);
    expect(await visit("sluice-4=x")).toEqual({ bucket: 4, variant: variantOf(4), given: false });
  });
});

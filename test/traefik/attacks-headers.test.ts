import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoutedTraefik, readEcho, startRoutedTraefik } from "../support/routed-traefik.ts";
import { askRaw, rawGet, rawRequest } from "../support/send-raw.ts";

let traefik: RoutedTraefik;
beforeAll(async () => {
  traefik = await startRoutedTraefik();
  await traefik.route({ AGENT_ENABLED: 25 });
});
afterAll(() => traefik.stop());

/** A visitor of the last bucket, for whom the flag is off. */
const OFF = "Cookie: sluice-5=x";

/** Headers as an application behind CGI, WSGI or PHP knows them: all but letters and digits are one, and so are cases. */
function asCgi(headers: Readonly<Record<string, unknown>>): Record<string, unknown[]> {
  const named = Object.groupBy(Object.entries(headers), ([name]) => name.toUpperCase().replaceAll(/[^A-Z0-9]/g, "_"));
  return Object.fromEntries(Object.entries(named).map(([name, entries = []]) => [name, entries.map(([, value]) => value)]));
}

describe("a header that only Sluice may set", () => {
  it.each([
    ["in another case", "x-FLAG-agent-enabled: true"],
    ["twice", "X-Flag-AGENT-ENABLED: true", "X-Flag-AGENT-ENABLED: true"],
    ["with the flag's own name", "X-Flag-AGENT_ENABLED: true"],
    ["with underscores throughout", "X_Flag_AGENT_ENABLED: true"],
    ["with one underscore", "X-Flag_AGENT-ENABLED: true"],
    ["with underscores here and there", "X_Flag-AGENT_ENABLED: true"],
    ["with dots", "X.Flag.AGENT.ENABLED: true"],
    ["with one of each other character", "X!Flag~AGENT+ENABLED: true"],
    ["that tells a bucket", "X-Sluice-Bucket: 1"],
    ["that tells a bucket, with underscores", "X_Sluice_Bucket: 1"],
    ["that tells a bucket, with one underscore", "X-Sluice_Bucket: 1"],
    ["that tells of a tester", "X-Sluice-Tester: true"],
    ["that tells of a tester, with underscores", "X_Sluice_Tester: true"],
    ["of a flag that the service does not have", "X-Flag-TRANSCRIPTS-ENABLED: true"],
    ["folded into the line before", "X-Other: a", " X-Flag-AGENT-ENABLED: true"],
    ["named as one of the connection, to be dropped by the proxy", "Connection: X-Flag-AGENT-ENABLED, X-Sluice-Bucket"],
    ["after a bare line feed", "X-Other: a\nX-Flag-AGENT-ENABLED: true"],
  ])("changes nothing where a client sends it %s", async (_what, ...lines) => {
    const { status, body } = await askRaw(traefik.url, rawGet("/billing", OFF, ...lines));
    expect(status).toBe(200);
    const { name, headers } = readEcho(body);
    const told = asCgi(headers);
    expect(name).toBe("billing-api/base");
    expect([told["X_FLAG_AGENT_ENABLED"], told["X_SLUICE_BUCKET"]]).toEqual([["false"], ["5"]]);
    for (const none of ["X_FLAG_TRANSCRIPTS_ENABLED", "X_SLUICE_TESTER", "X_SLUICE_VARIANT"]) expect(told).not.toHaveProperty(none);
  });

  it.each([
    ["a space before its colon", "X-Flag-AGENT-ENABLED : true"],
    ["a tab before its colon", "X-Flag-AGENT-ENABLED\t: true"],
    ["a bare carriage return before it", "X-Other: a\rX-Flag-AGENT-ENABLED: true"],
    ["a zero byte in its name", "X-Flag-AGENT-ENABLED\0: true"],
    ["a soft hyphen in its name", "X-Flag-AGENT\xad-ENABLED: true"],
  ])("is refused with %s", async (_what, line) => {
    expect((await askRaw(traefik.url, rawGet("/billing", OFF, line))).status).toBe(400);
  });

  it("comes to no application as a trailer that is taken for a header", async () => {
    const request = rawRequest(
      "POST /billing HTTP/1.1",
      "Host: shop.example",
      OFF,
      "Transfer-Encoding: chunked",
      "Trailer: X-Flag-AGENT-ENABLED",
      "Connection: close",
    );
    const { status, body } = await askRaw(traefik.url, `${request}1\r\na\r\n0\r\nX-Flag-AGENT-ENABLED: true\r\n\r\n`);
    expect(status).toBe(200);
    expect(readEcho(body).headers["x-flag-agent-enabled"]).toBe("false");
  });
});

it("a header of a client's own with an underscore or a dot does not arrive, and one with hyphens does", async () => {
  const { body } = await askRaw(traefik.url, rawGet("/billing", "X_Own: a", "X.Own: a", "X-Own: b"));
  expect(asCgi(readEcho(body).headers)["X_OWN"]).toEqual(["b"]);
});

it("an answer's head names no flag", async () => {
  for (const cookie of ["Cookie: sluice-1=x", OFF]) {
    const { head } = await askRaw(traefik.url, rawGet("/voice", cookie));
    expect(head).toMatch(/^x-sluice-variant: \w+/im);
    expect(head).not.toMatch(/agent|transcripts|base/i);
  }
});

describe("where a request is said to come from", () => {
  it("is what Traefik sees, whatever the client says", async () => {
    const forged = [
      "X-Forwarded-For: 10.0.0.1",
      "X-Real-Ip: 10.0.0.1",
      "X-Forwarded-Proto: https",
      "X-Forwarded-Host: other.example",
      "Forwarded: for=10.0.0.1",
    ];
    const { headers } = readEcho((await askRaw(traefik.url, rawGet("/billing", OFF, ...forged))).body);
    expect(headers).toMatchObject({
      "x-forwarded-for": "127.0.0.1",
      "x-real-ip": "127.0.0.1",
      "x-forwarded-proto": "http",
      "x-forwarded-host": "shop.example",
    });
  });
});

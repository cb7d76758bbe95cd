import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { type RoutedTraefik, readEcho, SECRET, startRoutedTraefik } from "../support/routed-traefik.ts";
import { askRaw, rawGet } from "../support/send-raw.ts";

let traefik: RoutedTraefik;
beforeAll(async () => {
  traefik = await startRoutedTraefik();
  await traefik.route({ AGENT_ENABLED: { exposure: 0, testers: true } });
});
afterAll(() => traefik.stop());

/** What comes back on the service and on the route that is for testers alone. */
async function visit(...headers: readonly string[]) {
  const [voice, agent] = [await askRaw(traefik.url, rawGet("/voice", ...headers)), await askRaw(traefik.url, rawGet("/agent", ...headers))];
  expect(voice.status).toBe(200);
  return { ...readEcho(voice.body), agent: agent.status, head: voice.head + agent.head };
}

describe("a guessed tester secret", () => {
  const [start, end] = [SECRET.slice(0, -1), SECRET.slice(1)];
  it.each([
    ["empty, as a header", "X-Sluice-Tester:"],
    ["its beginning, as a header", `X-Sluice-Tester: ${start}`],
    ["its end, as a header", `X-Sluice-Tester: ${end}`],
    ["in capitals, as a header", `X-Sluice-Tester: ${SECRET.toUpperCase()}`],
    ["in a list, as a header", `X-Sluice-Tester: guess, ${SECRET}`],
    ["quoted, as a header", `X-Sluice-Tester: "${SECRET}"`],
    ["what the application is told of testers", "X-Sluice-Tester: true"],
    ["the placeholder of the document", "X-Sluice-Tester: ${tester-secret}"],
    ["a pattern, as a header", "X-Sluice-Tester: .*"],
    ["a pattern, as a cookie", "Cookie: sluice-tester=.*"],
    ["empty, as a cookie", "Cookie: sluice-tester="],
    ["its beginning, as a cookie", `Cookie: sluice-tester=${start}`],
    ["its end, as a cookie", `Cookie: sluice-tester=${end}`],
    ["with more behind it, as a cookie", `Cookie: sluice-tester=${SECRET}x`],
    ["quoted, as a cookie", `Cookie: sluice-tester="${SECRET}"`],
    ["percent-encoded, as a cookie", `Cookie: sluice-tester=%30${end}`],
    ["as a cookie of another name", `Cookie: xsluice-tester=${SECRET}`],
    ["as a cookie of a name in capitals", `Cookie: SLUICE-TESTER=${SECRET}`],
    ["in another cookie's value", `Cookie: a="sluice-tester=${SECRET}"`],
    ["as a header with underscores", `X_Sluice_Tester: ${SECRET}`],
    ["of 4 KB", `X-Sluice-Tester: ${SECRET.repeat(180)}`],
  ])("is an ordinary visitor's: %s", async (_what, header) => {
    const { name, headers, agent } = await visit(header);
    expect(name).toBe("voice-api/base");
    expect(agent).toBe(404);
    expect(headers).not.toHaveProperty("x-sluice-tester");
    expect(headers).not.toHaveProperty("x_sluice_tester");
  });

  it("is answered as no secret is: nothing in the answer's head differs but its date", async () => {
    const undated = ({ head }: { readonly head: string }): string => head.replaceAll(/^date: .*$/gim, "");
    expect(undated(await visit(`X-Sluice-Tester: ${start}`))).toBe(undated(await visit()));
  });
});

describe("a tester", () => {
  it("gets the testers' variant and route, and the application is told nothing but that", async () => {
    const { name, headers, agent } = await visit(`X-Sluice-Tester: ${SECRET}`);
    expect([name, agent, headers["x-sluice-tester"]]).toEqual(["voice-api/agent-enabled", 200, "true"]);
    expect(JSON.stringify(headers)).not.toContain(SECRET);
  });

  it("who says more beside the secret is told of by true alone", async () => {
    const { headers } = await visit("X-Sluice-Tester: admin", `X-Sluice-Tester: ${SECRET}`);
    expect(headers["x-sluice-tester"]).toBe("true");
  });

  it("cannot put anyone else among testers: no cookie is set", async () => {
    expect((await visit(`X-Sluice-Tester: ${SECRET}`)).head).not.toMatch(/set-cookie: sluice-/i);
  });

  it("sees no killed flag", async () => {
    await traefik.route({ AGENT_ENABLED: { exposure: 0, testers: true } }, { AGENT_ENABLED: true });
    const { name, agent } = await visit(`X-Sluice-Tester: ${SECRET}`);
    expect([name, agent]).toEqual(["voice-api/base", 404]);
  });
});

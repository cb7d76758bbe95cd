import { afterEach, describe, expect, it } from "vitest";
import { traefikInPrometheus } from "../../../src/model/traefik-in-prometheus.ts";
import { planRollout } from "../../../src/plan/plan.ts";
import { routeProbes } from "../../../src/plan/route-probes.ts";
import { passGate } from "../../../src/traffic/wave-gate.ts";
import { type Answering, startAnswering } from "../../support/answering.ts";
import { modelFrom } from "../../support/model.ts";
import { standingClock } from "../../support/standing-clock.ts";

const { catalog, settings } = modelFrom({ flags: { AGENT_ENABLED: 25 } });
const plan = planRollout(catalog, settings);
const { probes } = routeProbes(plan);

let server: Answering;
afterEach(() => server.stop());

/** Answers each probe as the plan has it, or not. */
async function answering(right: (asked: number) => boolean): Promise<void> {
  let asked = 0;
  server = await startAnswering((request, response) => {
    asked += 1;
    const probe = probes.find(({ path, headers }) => path === request.url && (headers["cookie"] ?? "") === (request.headers.cookie ?? ""));
    response.setHeader("X-Sluice-Variant", right(asked) ? (probe?.expected[0] ?? "") : "elsewhere");
    response.end();
  });
}

async function pass(edge: { readonly url: string | null }): Promise<string> {
  const gate = { edges: [{ name: "eu", api: null, ...edge }], probes, bake: 0, watches: [], prometheus: null, traefik: traefikInPrometheus(settings) };
  return passGate(gate, standingClock(), new AbortController().signal, () => undefined).catch((error: unknown) => String(error));
}

describe("the gate between two waves", () => {
  it("lets the next begin once every route leads every visitor as planned", async () => {
    await answering((asked) => asked > probes.length);
    expect(await pass({ url: server.url })).toBe(`eu: ${probes.length} visitors led as planned`);
  });

  it("says which routes lead elsewhere, and that later waves are as they were", async () => {
    await answering(() => false);
    const said = await pass({ url: server.url });
    expect(said).toContain(`Error: The cluster eu does not lead visitors as planned at ${server.url}, 30 s after its change:`);
    expect(said).toMatch(/ {2}billing-api as newcomer: status 200 from variant elsewhere, expected \S+ or \S+/);
    expect(said).toContain(`  and ${probes.length - 5} more`);
    expect(said).toContain("The clusters of later waves are as they were.");
  });

  it("asks nothing where nobody can look", async () => {
    await answering(() => false);
    expect(await pass({ url: null })).toBe("eu: its routes were not asked, the config gives no url");
  });
});

import { describe, expect, it } from "vitest";
import { planRollout } from "../../../src/plan/plan.ts";
import { traefikDocument } from "../../../src/traefik/document.ts";
import { gainingServers } from "../../../src/traefik/leads.ts";
import { documentText, legendOf, type ReadDocument, readDocument } from "../../../src/traefik/text.ts";
import { modelFrom } from "../../support/model.ts";

/** The document of a stage, whose voice-api is of a version. */
function documentAt(exposure: unknown, version = 1, billing = 1): ReadDocument {
  const { catalog, settings } = modelFrom({ flags: { AGENT_ENABLED: exposure } });
  const plan = planRollout(catalog, settings);
  const document = traefikDocument(plan, (service, variant) =>
    service === "billing-api" ? `http://billing-${billing}` : `http://voice-${variant.name === "base" ? "off" : "on"}-${version}`,
  );
  return readDocument(documentText(document, legendOf(plan))).document;
}

const [off, on, billing] = ["http://voice-off-1", "http://voice-on-1", "http://billing-1"];

describe("the servers that a change leads more visitors to", () => {
  it.each([
    ["a first document: all", null, documentAt(25), [billing, off, on]],
    ["no change: none", documentAt(25), documentAt(25), []],
    ["a flag that begins: the new variant, and the other by the flag's own route", documentAt(false), documentAt(25), [off, on]],
    ["a raise: the variant with the flag", documentAt(25), documentAt(50), [on]],
    ["a raise to all", documentAt(50), documentAt(true), [on]],
    ["a way back by a step: the variant without it", documentAt(50), documentAt(25), [off]],
    ["a way back from all", documentAt(true), documentAt(50), [off]],
    ["the whole way back from a part", documentAt(25), documentAt(false), [off]],
    ["the whole way back from all", documentAt(true), documentAt(false), [off]],
    ["another image of one service: its own alone", documentAt(25), documentAt(25, 2), ["http://voice-off-2", "http://voice-on-2"]],
    [
      "another image of a service that is led there whole: its warm way back too",
      documentAt(true),
      documentAt(true, 2),
      ["http://voice-off-2", "http://voice-on-2"],
    ],
    ["another service", documentAt(25), documentAt(25, 1, 2), ["http://billing-2"]],
  ])("of %s", (_name, before, after, servers) => {
    expect([...gainingServers(before, after)].sort()).toEqual(servers);
  });
});

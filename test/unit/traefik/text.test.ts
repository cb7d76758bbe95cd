import { describe, expect, it } from "vitest";
import { planRollout } from "../../../src/plan/plan.ts";
import { traefikDocument } from "../../../src/traefik/document.ts";
import { documentText, legendOf, readDocument } from "../../../src/traefik/text.ts";
import { withdraw } from "../../../src/traefik/withdraw.ts";
import { modelFrom } from "../../support/model.ts";

const { catalog, settings } = modelFrom({ flags: { AGENT_ENABLED: 25 } });
const plan = planRollout(catalog, settings);
const document = traefikDocument(plan, (service, variant) => `http://${service}.${variant.name}`);
const text = documentText(document, legendOf(plan));

describe("a written document", () => {
  it("says in its first line which flags are on in each variant", () => {
    expect(text.split("\n")[0]).toBe(
      '# variants: {"billing-api--agent-enabled":["AGENT_ENABLED"],"billing-api--base":[],"voice-api--agent-enabled":["AGENT_ENABLED"],"voice-api--base":[]}',
    );
  });

  it("is read back to what it was, and written again to the same bytes", () => {
    const read = readDocument(text);
    expect(read).toEqual({ document: JSON.parse(JSON.stringify(document)), legend: legendOf(plan) });
    expect(documentText(read.document, read.legend)).toBe(text);
  });

  it("has text that looks like a date in quotes, because Traefik would make a date of it", () => {
    const dated = planRollout({ ...catalog, cookie: { ...catalog.cookie, domain: "2026-12-24" } }, settings);
    expect(
      documentText(
        traefikDocument(dated, () => "http://workload"),
        {},
      ),
    ).toMatch(/"?domain"?: ?"2026-12-24"/);
  });

  it("is read with a mark of its byte order in front, as Traefik reads it", () => {
    expect(readDocument(`\uFEFF${text}`)).toEqual(readDocument(text));
  });

  it("keeps what a person has put there by hand", () => {
    const byHand = text
      .replace("\nhttp:\n", "\ntcp:\n  routers: {}\nhttp:\n  serversTransports:\n    own:\n      insecureSkipVerify: true\n")
      .replace("  middlewares:\n", "  middlewares:\n    own:\n      compress: {}\n");
    const read = readDocument(byHand);
    const left = withdraw(read.document, read.legend, { flags: ["AGENT_ENABLED"], routes: [] }, () => true);
    expect(left.document).toMatchObject({
      tcp: { routers: {} },
      http: { serversTransports: { own: { insecureSkipVerify: true } }, middlewares: { own: { compress: {} } } },
    });
  });

  it("is read by the last of a key that is there twice, which Traefik would not take", () => {
    const byHand = text.replace("  middlewares:\n", "  middlewares:\n    own:\n      compress: {}\n    own:\n      buffering: {}\n");
    expect(readDocument(byHand).document.http.middlewares["own"]).toEqual({ buffering: {} });
  });

  it.each([
    ["without its legend", text.split("\n").slice(1).join("\n"), "it has no line `# variants:` that names its variants"],
    ["with a legend that is no JSON", text.replace("# variants: {", "# variants: "), "it has no line `# variants:` that names its variants"],
    ["with a legend of another form", text.replace('"voice-api--base":[]', '"voice-api--base":0'), "it has no line `# variants:` that names its variants"],
    ["that is no YAML", text.replace("\nhttp:\n", "\nhttp: [\n"), "it is not the YAML that Sluice writes"],
    ["that has no services", `${text.split("\n")[0] ?? ""}\nhttp:\n  routers: {}\n`, "it is not the YAML that Sluice writes"],
    ["that is empty", "", "it has no line `# variants:` that names its variants"],
  ])("%s is refused, and it is said why", (_what, written, reason) => {
    expect(() => readDocument(written)).toThrow(new Error(reason));
  });
});

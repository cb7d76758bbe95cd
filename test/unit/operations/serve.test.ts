import { describe, expect, it } from "vitest";
import { withoutSecrets } from "../../../src/operations/serve/child.ts";
import { withoutTesterSecret } from "../../../src/operations/serve/traefik.ts";
import { traefikArguments } from "../../../src/traefik/static.ts";

const SECRET = "0123456789abcdef-tester";

describe("a line of Traefik's log", () => {
  it.each([
    [
      "as Traefik quotes it",
      `error while parsing rule (Path(\`/x\`)) && (Header(\`X-Sluice-Tester\`, \`${SECRET}\`) || HeaderRegexp(\`Cookie\`, \`(^|; *)sluice-tester=${SECRET}(;|$)\`))`,
    ],
    ["in JSON", JSON.stringify({ error: `Header("X-Sluice-Tester", "${SECRET}")` })],
  ])("does not show the tester secret %s", (_form, line) => {
    expect(withoutTesterSecret(line)).not.toContain(SECRET);
    expect(withoutTesterSecret(line)).toContain("[secret]");
  });
});

describe("what is served", () => {
  it("gets neither passphrase, token nor webhook", () => {
    const secret = {
      PULUMI_CONFIG_PASSPHRASE: "x",
      PULUMI_CONFIG_PASSPHRASE_FILE: "y",
      PULUMI_ACCESS_TOKEN: "z",
      SLUICE_WEBHOOK_URL: "https://hooks.example/in",
    };
    expect(withoutSecrets({ PATH: "/bin", ...secret })).toEqual({ PATH: "/bin" });
  });

  it("has its API on loopback, whatever the host that it serves on", () => {
    const args = traefikArguments({ web: "0.0.0.0:80", admin: "127.0.0.1:81", reads: { folder: "/documents" } });
    expect(args).toContain("--entryPoints.web.address=0.0.0.0:80");
    expect(args).toContain("--entryPoints.traefik.address=127.0.0.1:81");
  });
});

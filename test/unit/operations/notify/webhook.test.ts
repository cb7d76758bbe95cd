import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { OperationError } from "../../../../src/operations/errors.ts";
import { resolveWebhook, type Webhook } from "../../../../src/operations/notify/webhook.ts";

const project = { root: "/project", name: "sluice", backendUrl: null, catalog: {} };
const stackFile = (config: Record<string, unknown>) => ({ stage: "dev", path: "/project/Pulumi.dev.yaml", text: "", config, encryptionSalt: null });
const SECRET = { "sluice:webhook": { secure: "v1:abc" } };

const resolve = (config: Record<string, unknown>, getConfig: () => Promise<string>): Promise<Webhook> =>
  resolveWebhook(project, "dev", stackFile(config), { getConfig });
const unasked = (): Promise<string> => Promise.reject(new Error("the CLI must not be asked"));

beforeEach(() => void vi.stubEnv("SLUICE_WEBHOOK_URL", undefined));
afterEach(() => void vi.unstubAllEnvs());

describe("the webhook of a stage", () => {
  it("is that of the environment first", async () => {
    vi.stubEnv("SLUICE_WEBHOOK_URL", " https://hooks.example/in/1\n");
    expect(await resolve(SECRET, unasked)).toEqual({ url: "https://hooks.example/in/1", warning: null });
  });

  it("is none where nothing says so, and the CLI is not asked", async () => {
    vi.stubEnv("SLUICE_WEBHOOK_URL", "");
    expect(await resolve({}, unasked)).toEqual({ url: null, warning: null });
  });

  it("is the stack's secret", async () => {
    expect(await resolve(SECRET, async () => "https://hooks.example/in/2")).toEqual({ url: "https://hooks.example/in/2", warning: null });
  });

  it.each(["ftp://hooks.example/secret", "hooks.example/secret", "https://", "https://hooks.example/a secret"])(
    "is not %j, and the warning does not show it",
    async (given) => {
      vi.stubEnv("SLUICE_WEBHOOK_URL", given);
      expect(await resolve({}, unasked)).toEqual({
        url: null,
        warning: "SLUICE_WEBHOOK_URL is no address that begins with http:// or https://, so nobody is told.",
      });
      vi.stubEnv("SLUICE_WEBHOOK_URL", undefined);
      expect(await resolve(SECRET, async () => given)).toEqual({
        url: null,
        warning: "webhook in /project/Pulumi.dev.yaml is no address that begins with http:// or https://, so nobody is told.",
      });
    },
  );

  it.each([
    ["says why", new OperationError("config", "The passphrase of dev is another."), "The passphrase of dev is another."],
    ["does not repeat what is unknown", new Error("https://hooks.example/secret"), "the Pulumi CLI ended in an unknown way"],
  ])("that cannot be read is a warning that %s", async (_case, error, reason) => {
    expect(await resolve(SECRET, () => Promise.reject(error))).toEqual({
      url: null,
      warning: `The webhook of dev could not be read, so nobody is told: ${reason}`,
    });
  });
});

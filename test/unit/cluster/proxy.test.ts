import { createServer } from "node:http";
import { afterEach, describe, expect, it, vi } from "vitest";
import { z } from "zod";
import { proxyOf } from "../../../src/cluster/proxy.ts";
import { type AnsweringApi, startAnsweringApi } from "../../support/answering-api.ts";
import { freePort } from "../../support/scratch-traefik.ts";

const CONFIG = { apiVersion: "v1", kind: "ConfigMap", namespace: "voice", name: "x" };

describe("the proxy to an API server", () => {
  let api: AnsweringApi | undefined;
  afterEach(async () => {
    vi.unstubAllEnvs();
    await api?.stop();
  });

  it.each([
    ["https://cluster.example", {}, true],
    ["https://10.1.2.3:6443", { NO_PROXY: "192.168.0.0/16" }, true],
    ["https://10.1.2.3:6443", { NO_PROXY: "localhost, 10.0.0.0/8" }, false],
    ["https://[fd00::7]:6443", { no_proxy: "fd00::/8" }, false],
    ["https://localhost:6443", {}, false],
    ["https://127.0.0.1:6443", {}, false],
    ["https://[::1]:6443", {}, false],
  ])("of %s with %o is asked for: %s", (server, env, expected) => {
    expect(proxyOf(server, { HTTPS_PROXY: "http://proxy", ...env }) !== undefined).toBe(expected);
  });

  it("is that of HTTP_PROXY", async () => {
    api = await startAnsweringApi(() => ({ status: 200, body: { data: {} } }));
    vi.stubEnv("HTTP_PROXY", api.url);
    await (await api.open(undefined, { server: "http://cluster.example" })).get(CONFIG, z.unknown());
    expect(api.asked.map(({ url }) => url)).toEqual(["http://cluster.example/api/v1/namespaces/voice/configmaps/x"]);
  });

  it("is that of HTTPS_PROXY, by a tunnel", async () => {
    api = await startAnsweringApi(() => null);
    const port = await freePort();
    const tunnels: string[] = [];
    const proxy = createServer().listen(port, "127.0.0.1");
    proxy.on("connect", (request, socket) => {
      tunnels.push(request.url ?? "");
      socket.end("HTTP/1.1 502 Bad Gateway\r\n\r\n");
    });
    vi.stubEnv("HTTPS_PROXY", `http://127.0.0.1:${port}`);
    const client = await api.open(undefined, { server: "https://cluster.example:6443" });
    await expect(client.get(CONFIG, z.unknown())).rejects.toThrow("cannot be reached");
    proxy.close();
    expect(tunnels).toEqual(["cluster.example:6443"]);
  });
});

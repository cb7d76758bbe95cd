import { BlockList, isIP } from "node:net";

type Environment = Readonly<Record<string, string | undefined>>;

/**
 * The environment by which Node's agents find the proxy to an API server, by the rules of client-go, as `kubectl` and
 * Pulumi's provider go by them: HTTPS_PROXY or HTTP_PROXY unless NO_PROXY names the server, and never to this machine itself.
 * @returns undefined where there is no proxy in between
 * Source: `ProxyFunc` of golang.org/x/net/http/httpproxy
 */
export function proxyOf(server: string, env: Environment): NodeJS.ProcessEnv | undefined {
  const { hostname } = new URL(server);
  const host = hostname.replace(/^\[|\]$/g, "");
  if (host === "localhost" || LOOPBACK.check(host, familyOf(host)) || isInNetworks(host, env["NO_PROXY"] ?? env["no_proxy"] ?? "")) return undefined;
  return { ...env };
}

const LOOPBACK = new BlockList();
LOOPBACK.addSubnet("127.0.0.0", 8, "ipv4");
LOOPBACK.addAddress("::1", "ipv6");

/** Node knows names and addresses of NO_PROXY, and no networks such as 10.0.0.0/8. */
function isInNetworks(host: string, list: string): boolean {
  if (isIP(host) === 0) return false;
  const networks = new BlockList();
  for (const [, network = "", bits = ""] of list.matchAll(/(?<=^|,)\s*([0-9a-fA-F.:]+)\/(\d+)\s*(?=,|$)/g)) {
    if (isIP(network) !== 0 && Number(bits) <= (isIP(network) === 6 ? 128 : 32)) networks.addSubnet(network, Number(bits), familyOf(network));
  }
  return networks.check(host, familyOf(host));
}

function familyOf(host: string): "ipv4" | "ipv6" {
  return isIP(host) === 6 ? "ipv6" : "ipv4";
}

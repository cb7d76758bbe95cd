import { createServer, type Server } from "node:net";

/** Addresses of loopback that no other test cluster on this machine takes its cluster IPs from. */
export interface AddressRange {
  readonly cidr: string;
  readonly release: () => Promise<void>;
}

/** Each of 127.100.0.0/16 to 127.250.0.0/16 is held by listening on this port of its first address. */
const HELD_BY = 10_256;

export async function takeAddressRange(): Promise<AddressRange> {
  for (let part = 100; part <= 250; part += 1) {
    const server = await hold(`127.${part}.0.1`);
    if (server === null) continue;
    return {
      cidr: `127.${part}.0.0/16`,
      release: () => new Promise((resolve) => server.close(() => resolve())),
    };
  }
  throw new Error("every range of loopback from 127.100.0.0/16 to 127.250.0.0/16 is held by another test cluster");
}

function hold(host: string): Promise<Server | null> {
  return new Promise((resolve) => {
    const server = createServer();
    server.once("error", () => resolve(null));
    server.listen({ host, port: HELD_BY, exclusive: true }, () => resolve(server));
  });
}

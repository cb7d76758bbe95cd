import { connect } from "node:net";

/** Whether something accepts connections at an address such as `http://host:port`; waits at most a second for it. */
export async function listens(url: string): Promise<boolean> {
  const { hostname, port, protocol } = new URL(url);
  return new Promise((resolve) => {
    const socket = connect({ host: hostname, port: Number(port === "" ? (protocol === "https:" ? 443 : 80) : port), timeout: 1_000 });
    const finish = (result: boolean): void => {
      socket.destroy();
      resolve(result);
    };
    socket.once("connect", () => finish(true));
    socket.once("error", () => finish(false));
    socket.once("timeout", () => finish(false));
  });
}

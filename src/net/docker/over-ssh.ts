import { spawn } from "node:child_process";
import { Agent } from "node:http";
import { Duplex } from "node:stream";
import { oneLine } from "./one-line.ts";

/** Processes of `ssh` at once; sshd drops some where more than ten are about to log in. Source: sshd_config(5), MaxStartups. */
const CONNECTIONS = 4;

/** Connects to the engine of another machine, each connection by a process of `ssh`, which knows the user's keys, agents and known hosts. */
export function agentOverSsh(host: string): Agent {
  const { hostname, port, username } = new URL(host);
  const target = username === "" ? hostname : `${decodeURIComponent(username)}@${hostname}`;
  const args = ["-o", "BatchMode=yes", "-o", "ConnectTimeout=10", ...(port === "" ? [] : ["-p", port]), "--", target, "docker", "system", "dial-stdio"];
  const agent = new Agent({ keepAlive: true, maxSockets: CONNECTIONS });
  agent.createConnection = () => connectTo("ssh", args);
  return agent;
}

/** A program's input and output as one stream, which ends in the program's own words where it fails. */
function connectTo(file: string, args: readonly string[]): Duplex {
  const child = spawn(file, args, { stdio: ["pipe", "pipe", "pipe"] });
  let said = "";
  const stream = new Duplex({
    read: () => child.stdout.resume(),
    write: (chunk, _encoding, done) => child.stdin.write(chunk, done),
    final: (done) => child.stdin.end(done),
    destroy: (error, done) => {
      child.kill();
      // A program that is slow to end keeps nobody waiting, and learns by the end of its input.
      for (const end of [child.stdin, child.stdout, child.stderr]) end.destroy();
      child.unref();
      done(error);
    },
  });
  child.stdout.on("data", (chunk: Buffer) => {
    if (!stream.push(chunk)) child.stdout.pause();
  });
  child.stderr.on("data", (chunk: Buffer) => {
    said = `${said}${chunk.toString("utf8")}`.slice(-500);
  });
  // A program that is gone cannot be written to; that it is gone is told below.
  child.stdin.on("error", () => undefined);
  child.once("error", (error) => stream.destroy(error));
  child.once("close", (code) => {
    if (code === 0) stream.push(null);
    else stream.destroy(new Error(`${file} ended with code ${code ?? "none"}: ${oneLine(said, 500)}`));
  });
  const same = (): Duplex => stream;
  // What the HTTP client asks of a socket.
  return Object.assign(stream, { setTimeout: same, setNoDelay: same, setKeepAlive: same, ref: same, unref: same });
}

import { serve } from "@hono/node-server";
import { Hono } from "hono";
import { exposeFacts } from "../../monitoring/exposition.ts";
import { OperationError } from "../errors.ts";
import { readFacts } from "./read-facts.ts";

/** Prometheus' text format; see https://prometheus.io/docs/instrumenting/exposition_formats/. */
const CONTENT_TYPE = "text/plain; version=0.0.4; charset=utf-8";

export interface ServedFacts {
  readonly url: string;
  stop(): Promise<void>;
}

/**
 * Serves facts at `/metrics`, read anew for each scrape; `?stage=NAME` asks for one stage.
 * @param listen `host:port`; port 0 takes any that is free
 * @throws OperationError when nothing can listen there
 */
export async function serveFacts(root: string, stages: readonly string[], listen: string): Promise<ServedFacts> {
  const { hostname, port } = addressOf(listen);
  const app = new Hono();
  app.get("/metrics", async (context) => {
    const asked = context.req.queries("stage") ?? [];
    try {
      return context.text(exposeFacts(await readFacts(root, asked.length === 0 ? stages : asked, new Date())), 200, { "Content-Type": CONTENT_TYPE });
    } catch (error) {
      if (error instanceof OperationError) return context.text(`${error.message}\n`, 503);
      throw error;
    }
  });
  return new Promise((resolve, reject) => {
    const server = serve({ fetch: app.fetch, hostname, port }, (info) => {
      resolve({
        url: `http://${listen.slice(0, listen.lastIndexOf(":"))}:${info.port}/metrics`,
        stop: () => new Promise((stopped) => server.close(() => stopped())),
      });
    });
    server.on("error", (error: Error) =>
      reject(new OperationError("busy", `Nothing can listen on ${listen}: ${error.message}. Choose another port: --listen ${hostname}:<port>.`)),
    );
  });
}

/** @throws OperationError on anything but `host:port` */
function addressOf(listen: string): { readonly hostname: string; readonly port: number } {
  const [, hostname, port] = /^(\[[0-9a-fA-F:]+\]|[a-zA-Z0-9.-]+):(\d{1,5})$/.exec(listen) ?? [];
  if (hostname === undefined || port === undefined || Number(port) > 65_535) {
    throw new OperationError("config", `--listen ${listen} is no address, such as 127.0.0.1:9469.`);
  }
  return { hostname: hostname.replaceAll(/[[\]]/g, ""), port: Number(port) };
}

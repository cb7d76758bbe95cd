import { Hono } from "hono";
import { secureHeaders } from "hono/secure-headers";
import { streamSSE } from "hono/streaming";
import { nearest } from "../../model/fault.ts";
import { redactText } from "../../operations/audit/redact.ts";
import type { LiveBoard } from "../../operations/board/live-board.ts";
import { OperationError } from "../../operations/errors.ts";
import type { Assets } from "./assets.ts";
import { renderFault, renderFlagPage, renderOverview } from "./page.ts";

/** Nothing but the board's own files, no script or style within a page, no form, no frame around it. */
const POLICY = {
  defaultSrc: ["'none'"],
  styleSrc: ["'self'"],
  scriptSrc: ["'self'"],
  connectSrc: ["'self'"],
  imgSrc: ["'self'"],
  baseUri: ["'none'"],
  formAction: ["'none'"],
  frameAncestors: ["'none'"],
};

/** How often a stream of events shows that it lives, in milliseconds. */
const HEARTBEAT = 15_000;
/** How many pages may be kept fresh at once. */
const MOST_STREAMS = 64;

/** What the app needs of its surroundings. */
export interface AppParts {
  readonly live: Pick<LiveBoard, "read" | "onChange">;
  readonly assets: Assets;
  /** Where it listens; it answers only what was sent there by that name or by another one of this machine's. */
  readonly port: number;
  readonly now: () => Date;
  /** Is told what is a fault of ours. */
  readonly onError: (error: unknown) => void;
}

/** The board as a web application that only reads: it answers GET and HEAD, and changes nothing. */
export function boardApp({ live, assets, port, now, onError }: AppParts): Hono {
  // A foreign page can make its own name lead here; then it is that name that the browser asks for.
  const hosts = new Set(["127.0.0.1", "localhost", "[::1]"].map((name) => `${name}:${port}`));
  const app = new Hono();
  app.use(secureHeaders({ contentSecurityPolicy: POLICY, referrerPolicy: "no-referrer", xFrameOptions: "DENY", strictTransportSecurity: false }));
  app.use(async (context, next) => {
    context.header("Cache-Control", "no-store");
    if (!hosts.has((context.req.header("host") ?? "").toLowerCase())) return context.text(`The board answers at http://127.0.0.1:${port} only.\n`, 421);
    if (!["GET", "HEAD"].includes(context.req.method)) return context.text("The board only reads.\n", 405, { Allow: "GET, HEAD" });
    return next();
  });
  app.get("/", async (context) => context.html(await renderOverview(await live.read("none"))));
  app.get("/flags/:flag", async (context) => {
    const flag = context.req.param("flag");
    const board = await live.read({ flag });
    const [detail] = board.details;
    if (detail !== undefined) return context.html(await renderFlagPage(board, detail));
    const flags = board.rows.map((row) => row.flag);
    const near = nearest(flag, flags);
    return context.html(await renderFault(now(), "No such flag", `There is no flag ${flag}.${near === null ? "" : ` Did you mean ${near}?`}`), 404);
  });
  app.get("/board.css", (context) => context.body(assets.css, 200, { "Content-Type": "text/css; charset=utf-8" }));
  app.get("/board.js", (context) => context.body(assets.script, 200, { "Content-Type": "text/javascript; charset=utf-8" }));
  app.get("/icon.svg", (context) => context.body(assets.icon, 200, { "Content-Type": "image/svg+xml" }));
  serveEvents(app, live);
  app.notFound(async (context) => context.html(await renderFault(now(), "No such page", "The board has one page of all flags, and one of each."), 404));
  app.onError(async (error, context) => {
    if (error instanceof OperationError) return context.html(await renderFault(now(), "Nothing can be shown", redactText(error.message)), 500);
    onError(error);
    return context.html(await renderFault(now(), "Nothing can be shown", "The board has a fault; its terminal says which."), 500);
  });
  return app;
}

/** Says that something changed, not what: the page asks for itself anew. */
function serveEvents(app: Hono, live: Pick<LiveBoard, "onChange">): void {
  let streams = 0;
  app.get("/events", (context) => {
    if (context.req.method === "HEAD") return context.body(null, 200, { "Content-Type": "text/event-stream" });
    if (streams >= MOST_STREAMS) return context.text(`${MOST_STREAMS} pages are open already.\n`, 503);
    streams += 1;
    return streamSSE(context, async (stream) => {
      const { promise: over, resolve: end } = Promise.withResolvers<null>();
      stream.onAbort(() => end(null));
      const stop = live.onChange(() => void stream.writeSSE({ event: "changed", data: "" }));
      const beat = setInterval(() => void stream.writeln(": still here\n"), HEARTBEAT);
      await stream.writeln(": here\n");
      await over;
      clearInterval(beat);
      stop();
      streams -= 1;
    });
  });
}

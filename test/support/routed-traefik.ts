import { expect } from "vitest";
import { z } from "zod";
import type { Setting } from "../../src/model/settings.ts";
import { type Answer, ask } from "../../src/net/ask.ts";
import { planRollout } from "../../src/plan/plan.ts";
import { traefikDocument } from "../../src/traefik/document.ts";
import { REVISION_PLACEHOLDER } from "../../src/traefik/names.ts";
import { TESTER_PLACEHOLDER } from "../../src/traefik/routers.ts";
import { documentText, legendOf } from "../../src/traefik/text.ts";
import { modelFrom } from "./model.ts";
import { type Echo, startEcho, startScratchTraefik } from "./scratch-traefik.ts";

/** The tester secret of a routed Traefik. */
export const SECRET = "0123456789abcdef-tester";

const echoSchema = z.object({
  name: z.string(),
  path: z.string(),
  headers: z.record(z.string(), z.union([z.string(), z.array(z.string())])),
});

/** What a visitor got, and what the variant that answered had got from Traefik. */
export type Seen = z.infer<typeof echoSchema> & { readonly cookies: readonly string[] };

/** A real Traefik that leads by the document of some flags as Sluice writes it, with an echo of its name for each variant. */
export interface RoutedTraefik {
  readonly url: string;
  readonly admin: string;
  /** Leads by these settings of flags and these kills, and nothing else; the catalogue is that of `modelFrom`. */
  route(flags: Readonly<Record<string, number | boolean | Partial<Setting>>>, kill?: Readonly<Record<string, true>>): Promise<void>;
  ask(path: string, headers?: Readonly<Record<string, string>>): Promise<Answer>;
  /** Asks where an application is to answer. */
  visit(path: string, headers?: Readonly<Record<string, string>>): Promise<Seen>;
  stop(): Promise<void>;
}

/** @param answer the headers that every variant answers with, by itself */
export async function startRoutedTraefik(answer: Readonly<Record<string, string>> = {}): Promise<RoutedTraefik> {
  const traefik = await startScratchTraefik();
  const echoes = new Map<string, Echo>();
  let writings = 0;
  const request = (path: string, headers: Readonly<Record<string, string>> = {}): Promise<Answer> => ask(traefik.url, { path, headers });
  return {
    url: traefik.url,
    admin: traefik.admin,
    ask: request,
    async route(flags, kill = {}) {
      const { catalog, settings } = modelFrom({ flags, kill, testerSecret: SECRET });
      const plan = planRollout(catalog, settings);
      for (const [service, { variants }] of Object.entries(plan.services)) {
        for (const variant of variants) {
          const name = `${service}/${variant.name}`;
          if (!echoes.has(name)) echoes.set(name, await startEcho(name, answer));
        }
      }
      const document = traefikDocument(plan, (service, variant) => echoes.get(`${service}/${variant.name}`)?.url ?? "");
      writings += 1;
      const revision = `r${writings}`;
      const text = documentText(document, legendOf(plan)).replaceAll(TESTER_PLACEHOLDER, SECRET).replaceAll(REVISION_PLACEHOLDER, revision);
      await traefik.load(text, revision);
    },
    async visit(path, headers) {
      const answer = await request(path, headers);
      expect(answer.status).toBe(200);
      return { ...readEcho(answer.body), cookies: answer.headers["set-cookie"] ?? [] };
    },
    async stop() {
      await traefik.stop();
      for (const echo of echoes.values()) echo.stop();
    },
  };
}

/** What an echo tells in the body of its answer. @throws ZodError where no echo answered */
export function readEcho(body: string): Omit<Seen, "cookies"> {
  return echoSchema.parse(JSON.parse(body));
}

import { z } from "zod";
import { ask } from "../net/ask.ts";
import { readTraefikAnswer } from "../net/traefik-answer.ts";

const routerPage = z.array(z.object({ name: z.string(), rule: z.string(), service: z.string(), provider: z.string(), status: z.string().default("enabled") }));

/** A router as Traefik's API shows it. */
export type ApiRouter = z.output<typeof routerPage>[number];

/** The routers that a running Traefik has from its file, as `name service rule`, sorted; null when none is running. */
export async function runningRouters(admin: string): Promise<string[] | null> {
  const routers = await routersOfApi(admin);
  if (routers === null) return null;
  return routers
    .filter((router) => router.provider === "file")
    .map((router) => `${router.name.replace(/@file$/, "")} ${router.service} ${router.rule}`)
    .sort();
}

/** All routers that a running Traefik has, page by page; null when its API does not answer. @throws Error when what answers is no API of Traefik */
export async function routersOfApi(admin: string): Promise<ApiRouter[] | null> {
  const routers: ApiRouter[] = [];
  for (let page = 1; ; page += 1) {
    const path = `/api/http/routers?per_page=500&page=${page}`;
    const answer = await ask(admin, { path });
    if (answer.status === 0) return null;
    if (answer.status !== 200) return routers;
    routers.push(...readTraefikAnswer(`${admin}${path}`, answer.body, "a list of routers", (value) => routerPage.parse(value)));
    if (String(answer.headers["x-next-page"] ?? "1") === "1") return routers;
  }
}

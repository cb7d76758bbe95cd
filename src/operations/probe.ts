import { z } from "zod";
import { ask } from "../net/ask.ts";

const routerPage = z.array(z.object({ name: z.string(), rule: z.string(), service: z.string(), provider: z.string() }));

/** The routers that a running Traefik has from its file, as `name service rule`, sorted; null when none is running. */
export async function runningRouters(admin: string): Promise<string[] | null> {
  const routers: string[] = [];
  for (let page = 1; ; page += 1) {
    const answer = await ask(admin, { path: `/api/http/routers?per_page=500&page=${page}` });
    if (answer.status === 0) return null;
    if (answer.status !== 200) return routers.sort();
    const found = routerPage.parse(JSON.parse(answer.body));
    routers.push(
      ...found.filter((router) => router.provider === "file").map((router) => `${router.name.replace(/@file$/, "")} ${router.service} ${router.rule}`),
    );
    if (String(answer.headers["x-next-page"] ?? "1") === "1") return routers.sort();
  }
}

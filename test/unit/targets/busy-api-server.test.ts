import { expect, it } from "vitest";
import { ClusterError, type ClusterProblem } from "../../../src/cluster/errors.ts";
import { awaitRouting } from "../../../src/targets/local/provider/routing-taken.ts";
import { standingClock } from "../../support/standing-clock.ts";

const STATE = {
  cluster: "eu",
  context: "prod-eu",
  kubeconfig: null,
  namespace: "voice",
  stage: "production",
  api: "http://traefik",
  versions: { "voice-api": "1" },
};

it.each<ClusterProblem>([{ kind: "unreachable" }, { kind: "refused", status: 429 }, { kind: "refused", status: 500 }, { kind: "refused", status: 503 }])(
  "waiting for Traefik goes on while the API server answers with %o",
  async (problem) => {
    const clock = standingClock();
    const client = {
      list: async () => {
        if (clock.elapsed() < 30_000) throw new ClusterError(problem, "not now");
        return [];
      },
    };
    const traefik = async () => ({ services: [], routers: [] });
    const seen = await awaitRouting(client, STATE, traefik, clock, () => undefined, new AbortController().signal);
    expect([seen, clock.elapsed()]).toEqual(["Traefik leads by it", 30_000]);
  },
);

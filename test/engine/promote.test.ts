import { spawn } from "node:child_process";
import { readFile, writeFile } from "node:fs/promises";
import { createServer, type Server } from "node:http";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { z } from "zod";
import { ask } from "../../src/net/ask.ts";
import { type Load, startLoad } from "../../src/operations/demo/load.ts";
import { type MoodyProject, makeMoodyProject } from "../support/moody-project.ts";
import { HOME } from "../support/project.ts";
import { until } from "../support/wait.ts";

let test: MoodyProject;
let load: Load | null = null;

async function begin(policy: Record<string, unknown> = {}, loaded = true): Promise<void> {
  test = await makeMoodyProject(["dev"], policy);
  if (loaded) load = startLoad(test.urlOf("dev"), "/voice", "sluice-1=x", 6, 100);
}
afterEach(async () => {
  await load?.stop();
  load = null;
  await test.remove();
});

const promote = (...args: readonly string[]): Promise<{ code: number; output: string }> =>
  test.sluice(["promote", "AGENT_ENABLED", "--stage", "dev", "--yes", ...args]);
const set = async (path: string, value: string): Promise<void> => {
  expect((await test.pulumi(["config", "set", "--stack", "dev", "--path", path, value])).code).toBe(0);
};
const isOn = async (bucket: number): Promise<boolean> =>
  (await ask(test.urlOf("dev"), { path: "/voice", headers: { cookie: `sluice-${bucket}=x` } })).body.includes('"AGENT_ENABLED":"true"');
const nothingToDo = async (): Promise<void> => {
  const { code, output } = await test.pulumi(["preview", "--stack", "dev", "--expect-no-changes"]);
  expect(code, output).toBe(0);
};

const eventSchema = z.looseObject({ kind: z.string() });

/** Starts a promotion and calls back for each of its events. */
function startPromotion(
  args: readonly string[],
  onEvent: (kind: string) => void,
): { readonly ended: Promise<number | null>; kill(signal: NodeJS.Signals): void } {
  const child = spawn(process.execPath, [join(HOME, "bin", "sluice.mjs"), "promote", "AGENT_ENABLED", "--stage", "dev", "--yes", "--json", ...args], {
    cwd: test.root,
    stdio: ["ignore", "pipe", "ignore"],
  });
  createInterface({ input: child.stdout }).on("line", (line) => onEvent(eventSchema.parse(JSON.parse(line)).kind));
  return { ended: new Promise((resolve) => child.once("exit", resolve)), kill: (signal) => void child.kill(signal) };
}

describe("a promotion", () => {
  beforeEach(() => begin());

  it("goes through its steps, and leaves what it did in history and audit", async () => {
    const { code, output } = await promote("--to", "25", "--steps", "5,25", "--reason", "pilot");
    expect(code, output).toBe(0);
    expect(output).toContain("done: AGENT_ENABLED is at 25% in dev");
    expect([await isOn(3), await isOn(4)]).toEqual([true, false]);
    await nothingToDo();
    const history = await test.sluice(["history", "--stage", "dev", "--json"]);
    expect(history.output).toContain("sluice promote AGENT_ENABLED to 5 (from update 1)");
    expect(history.output).toContain("sluice promote AGENT_ENABLED to 25 (from update 1)");
    const audit = await test.sluice(["audit", "--stage", "dev", "--json"]);
    expect(audit.code, audit.output).toBe(0);
    expect(audit.output).toContain('"reason": "pilot"');
    const again = await promote("--to", "25");
    expect(again.code, again.output).toBe(0);
  });

  it("that breaches at 5 per cent comes back by itself, with proof and figures", async () => {
    await test.setMood({ errors: 0.6 });
    const { code, output } = await promote("--steps", "5,25");
    expect(code, output).toBe(7);
    expect(output).toMatch(/errors: \d+(\.\d+)?% failed \(\d+ of \d+\) with the flag, 0% failed \(0 of \d+\) without/);
    expect(output).toMatch(/rolled back in \d+\.\d s, proven/);
    expect(await isOn(1)).toBe(false);
    await nothingToDo();
    expect((await test.sluice(["audit", "--stage", "dev"])).code).toBe(0);
  });

  it("that breaches after its first step goes back to what was before it, not to the step before", async () => {
    const promotion = startPromotion(["--steps", "5,25"], (kind) => {
      if (kind === "step-done") void test.setMood({ errors: 0.6 });
    });
    expect(await promotion.ended).toBe(7);
    expect(await isOn(1)).toBe(false);
  });

  it("whose rollback fails is killed", async () => {
    const file = join(test.root, "Pulumi.yaml");
    const promotion = startPromotion(["--steps", "5"], (kind) => {
      if (kind !== "verified") return;
      void readFile(file, "utf8")
        .then((text) => writeFile(file, text.replace("index.ts", "gone.ts")))
        .then(() => test.setMood({ errors: 0.6 }));
    });
    expect(await promotion.ended).toBe(8);
    expect(await isOn(1)).toBe(false);
    expect(await readFile(join(test.root, "Pulumi.dev.yaml"), "utf8")).toMatch(/sluice:kill:\n\s+AGENT_ENABLED: true/);
    await writeFile(file, (await readFile(file, "utf8")).replace("gone.ts", "index.ts"));
    const up = await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"]);
    expect(up.code, up.output).toBe(0);
    expect(await isOn(1)).toBe(false);
    const refused = await promote("--to", "5");
    expect(refused.code).toBe(3);
    expect(refused.output).toContain("AGENT_ENABLED is killed in dev. First: npx sluice revive AGENT_ENABLED --stage dev");
  });

  it("that is killed with SIGKILL at each step goes on with a second start", async () => {
    for (const moment of ["step", "gates", "previewed", "updated", "verified", "watching", "step-done"]) {
      const promotion = startPromotion(["--steps", "1,5,25,50,100"], (kind) => {
        if (kind === moment) promotion.kill("SIGKILL");
      });
      expect(await promotion.ended, moment).toBeNull();
    }
    const { code, output } = await promote("--steps", "1,5,25,50,100");
    expect(code, output).toBe(0);
    expect(await isOn(5)).toBe(true);
    await nothingToDo();
    const audit = await test.sluice(["audit", "--stage", "dev"]);
    expect(audit.code, audit.output).toBe(0);
    const seen = await load?.stop();
    load = null;
    expect(seen?.lost).toBe(0);
  });
});

describe("a promotion that is watched for long", () => {
  it("that someone rolls back meanwhile ends where they brought it", async () => {
    await begin({ watch: { duration: "2m", interval: "1s", metrics: { errors: { kind: "error-ratio" } } } });
    const rollbacks: Promise<{ code: number; output: string }>[] = [];
    const promotion = startPromotion(["--steps", "5"], (kind) => {
      if (kind === "watching" && rollbacks.length === 0) rollbacks.push(test.sluice(["rollback", "--stage", "dev"]));
    });
    expect(await promotion.ended).toBe(10);
    const [{ code, output } = { code: -1, output: "never" }] = await Promise.all(rollbacks);
    expect(code, output).toBe(0);
    expect(await isOn(1)).toBe(false);
  });

  it("ends where it is when it is asked to, and says how it goes on", async () => {
    await begin({ watch: { duration: "2m", interval: "1s", metrics: { errors: { kind: "error-ratio" } } } });
    const promotion = startPromotion(["--steps", "5"], (kind) => {
      if (kind === "watching") promotion.kill("SIGTERM");
    });
    expect(await promotion.ended).toBe(10);
    expect([await isOn(2), await isOn(3)]).toEqual([true, false]);
  });
});

describe("without facts a promotion holds", () => {
  it("where there is no traffic", async () => {
    await begin({}, false);
    const { code, output } = await promote("--steps", "5,25");
    expect(code, output).toBe(9);
    expect(output).toContain("held: AGENT_ENABLED stays at 5% in dev");
    expect([await isOn(2), await isOn(3)]).toEqual([true, false]);
  });

  it.each([
    [
      "lies about its types",
      (server: Server) =>
        server.on("request", (_request, response) =>
          response.end('{"status":"success","data":{"resultType":"vector","result":[{"metric":{},"value":[0,{}]}]}}'),
        ),
    ],
    ["never answers", (server: Server) => server.on("request", () => undefined)],
  ])("where its source %s", async (_case, behave) => {
    await begin();
    const server = createServer();
    behave(server);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    try {
      await set("prometheus", `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}`);
      const { code, output } = await promote("--steps", "5,25");
      expect(code, output).toBe(9);
      expect([await isOn(2), await isOn(3)]).toEqual([true, false]);
    } finally {
      server.closeAllConnections();
      server.close();
    }
  });
});

describe("a promotion is refused, and nothing is changed", () => {
  it("for what cannot be meant", async () => {
    await begin({}, false);
    await set("flags.AGENT_ENABLED", "25");
    expect((await test.pulumi(["up", "--yes", "--skip-preview", "--stack", "dev"])).code).toBe(0);
    const before = await readFile(join(test.root, "Pulumi.dev.yaml"), "utf8");
    for (const [args, code, message] of [
      [["AGENT_ENABLE", "--stage", "dev"], 2, "There is no flag AGENT_ENABLE; the catalogue has AGENT_ENABLED. Did you mean AGENT_ENABLED?"],
      [["AGENT_ENABLED", "--stage", "def"], 2, "There is no stage def; the catalogue has dev, staging, production. Did you mean dev?"],
      [["AGENT_ENABLED", "--stage", "dev", "--to", "30"], 2, "30 is no step; the catalogue has 1, 5, 25, 50, 100."],
      [["AGENT_ENABLED", "--stage", "dev", "--steps", "50,25"], 2, "--steps 50,25 goes back to 25. Steps of a promotion only rise."],
      [["AGENT_ENABLED", "--stage", "dev", "--to", "5"], 2, "AGENT_ENABLED is at 25 per cent already, above 5. A promotion only raises"],
      [["AGENT_ENABLED", "--stage", "staging"], 5, "There is no state at"],
    ] as const) {
      const result = await test.sluice(["promote", "--yes", ...args]);
      expect(result.output).toContain(message);
      expect(result.code, result.output).toBe(code);
    }
    const unasked = await test.sluice(["promote", "AGENT_ENABLED", "--stage", "dev"]);
    expect(unasked.code).toBe(3);
    expect(unasked.output).toContain("sluice promote AGENT_ENABLED --stage dev --yes");
    await set("local.host", "127.0.0.2");
    const unapplied = await promote();
    expect(unapplied.code).toBe(3);
    expect(unapplied.output).toContain(
      "dev has changes that are not applied yet, and a promotion would apply them with its first step: Pulumi.dev.yaml: sluice:local.",
    );
    await writeFile(join(test.root, "Pulumi.dev.yaml"), before);
    await nothingToDo();
  });

  it("while another one is under way, which a webhook that hangs does not hold up", async () => {
    await begin({ watch: { duration: "4s", interval: "1s", metrics: { errors: { kind: "error-ratio" } } } });
    const server = createServer(() => undefined);
    await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
    const address = server.address();
    process.env["SLUICE_WEBHOOK_URL"] = `http://127.0.0.1:${typeof address === "object" ? (address?.port ?? 0) : 0}/hook`;
    try {
      const others: Promise<{ code: number; output: string }>[] = [];
      const promotion = startPromotion(["--steps", "5"], (kind) => {
        if (kind === "watching" && others.length === 0) others.push(promote("--to", "25"));
      });
      await until("the second was tried", () => others.length > 0, 60_000);
      const [{ code, output } = { code: -1, output: "never" }] = await Promise.all(others);
      expect(code, output).toBe(4);
      expect(output).toMatch(/Another promotion or drill of dev is under way \(.+@.+, process \d+\)\. Wait for it/);
      expect(await promotion.ended).toBe(0);
      expect([await isOn(2), await isOn(3)]).toEqual([true, false]);
    } finally {
      delete process.env["SLUICE_WEBHOOK_URL"];
      server.closeAllConnections();
      server.close();
    }
  });
});

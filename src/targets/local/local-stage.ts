import { join, resolve } from "node:path";
import { stringify } from "yaml";
import { flagdDocument } from "../../flagd/document.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import * as pulumi from "../../pulumi.ts";
import { REVISION_PREFIX, traefikDocument } from "../../traefik/document.ts";
import { TESTER_PLACEHOLDER } from "../../traefik/routers.ts";
import type { TraefikDocument } from "../../traefik/types.ts";
import type { TargetArgs } from "../target.ts";
import { TextFile, TraefikFile } from "./files.ts";
import { envFile, variantUrl, workloadsOf } from "./workload.ts";

/** A stage on one machine: env files for its workloads, the flagd document, and Traefik's document. */
export class LocalStage extends pulumi.ComponentResource {
  constructor(name: string, args: TargetArgs, opts?: pulumi.ComponentResourceOptions) {
    const { plan, settings, testerSecret, root } = args;
    super("sluice:local:Stage", name, {}, opts);
    const { local } = settings;
    const folder = resolve(root, local.directory ?? join(".sluice", settings.stage));
    const child = { parent: this };
    const workloads = workloadsOf(plan, local);
    const envFiles = workloads.map(
      (workload) => new TextFile(workload.name, { path: join(folder, "env", `${workload.name}.env`), content: envFile(workload) }, child),
    );
    new TextFile("flagd", { path: join(folder, "flagd", "flags.json"), content: `${JSON.stringify(flagdDocument(plan), null, 2)}\n` }, child);
    const document = traefikDocument(plan, (service, variant) => {
      const planned = plan.services[service];
      return planned === undefined ? "" : variantUrl(local, service, planned, variant);
    });
    // Workloads come up before Traefik leads to them, and go after it no longer does.
    new TraefikFile(
      "traefik",
      {
        path: join(folder, "traefik", "dynamic.yaml"),
        content: stringify(JSON.parse(canonicalJson(document)), { lineWidth: 0 }),
        revision: revisionOf(document),
        admin: `http://127.0.0.1:${local.adminPort}`,
        workloads: workloads.map((workload) => `http://127.0.0.1:${workload.port}`),
        secrets: testerSecret === null ? {} : pulumi.secret({ [TESTER_PLACEHOLDER]: testerSecret }),
      },
      { ...child, dependsOn: envFiles, additionalSecretOutputs: ["secrets"] },
    );
    this.registerOutputs({});
  }
}

function revisionOf(document: TraefikDocument): string {
  const marker = Object.keys(document.http.middlewares).find((name) => name.startsWith(REVISION_PREFIX));
  return marker?.slice(REVISION_PREFIX.length) ?? "";
}

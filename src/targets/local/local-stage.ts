import { join, resolve } from "node:path";
import { flagdPath, standingKillsPath, traefikPath } from "../../files/stage-folder.ts";
import { flagdDocument } from "../../flagd/document.ts";
import { killSubjects } from "../../model/kills.ts";
import type { LocalTarget } from "../../model/target.ts";
import { stageFolder } from "../../model/target.ts";
import { canonicalJson } from "../../plan/canonical.ts";
import { RECORD_NAME } from "../../plan/stage-record.ts";
import * as pulumi from "../../pulumi.ts";
import { traefikDocument } from "../../traefik/document.ts";
import { TESTER_PLACEHOLDER } from "../../traefik/routers.ts";
import { documentText, legendOf } from "../../traefik/text.ts";
import type { TargetArgs } from "../target.ts";
import { EnvFiles, FlagdFile, OldEnvFiles, RecordFile, TraefikFile } from "./files.ts";
import { writeMonitoringFiles } from "./monitoring-files.ts";
import { envFile, urlOf, workloadsOf, workloadUrl } from "./workload.ts";

/** A stage on one machine: env files for its workloads, the flagd document, and Traefik's document. */
export class LocalStage extends pulumi.ComponentResource {
  /** Resolves once everything is in its place, and no Traefik has refused its document. */
  readonly live: pulumi.Output<string>;

  constructor(name: string, args: TargetArgs<LocalTarget>, opts?: pulumi.ComponentResourceOptions) {
    const { plan, settings, target, record, monitoring, testerSecret, root } = args;
    super("sluice:local:Stage", name, {}, opts);
    const folder = resolve(root, stageFolder(settings.stage, target));
    const child = { parent: this };
    const workloads = workloadsOf(plan, target);
    const env = join(folder, "env");
    const files = Object.fromEntries(workloads.map((workload) => [workload.name, envFile(workload)]));
    const envFiles = new EnvFiles("env", { path: env, files }, child);
    const killArgs = { kills: standingKillsPath(folder), killed: killSubjects(settings) };
    new FlagdFile("flagd.json", { path: flagdPath(folder), content: `${JSON.stringify(flagdDocument(plan), null, 2)}\n`, ...killArgs }, child);
    const document = traefikDocument(plan, (service, variant) => workloadUrl(workloads, service, variant.name));
    // Workloads come up before Traefik leads to them, and go after it no longer does.
    const traefik = new TraefikFile(
      "traefik.yaml",
      {
        path: traefikPath(folder),
        content: documentText(document, legendOf(plan)),
        admin: `http://127.0.0.1:${target.adminPort}`,
        workloads: workloads.map(urlOf),
        secrets: testerSecret === null ? {} : pulumi.secret({ [TESTER_PLACEHOLDER]: testerSecret }),
        ...killArgs,
      },
      { ...child, dependsOn: envFiles, additionalSecretOutputs: ["secrets"] },
    );
    const recordFile = new RecordFile(
      RECORD_NAME,
      { path: join(folder, RECORD_NAME), content: `${canonicalJson(record)}\n` },
      { ...child, dependsOn: traefik },
    );
    new OldEnvFiles("env/old", { path: env, keep: Object.keys(files) }, { ...child, dependsOn: recordFile });
    if (monitoring !== null) writeMonitoringFiles(folder, monitoring, child);
    this.live = recordFile.id;
    this.registerOutputs({});
  }
}

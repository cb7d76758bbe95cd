import { join, resolve } from "node:path";
import { flagdPath, standingKillsPath, traefikPath } from "../../files/stage-folder.ts";
import { flagdDocument } from "../../flagd/document.ts";
import { type DockerTarget, stageLabels } from "../../model/docker-target.ts";
import { killSubjects } from "../../model/kills.ts";
import { stageFolder } from "../../model/target.ts";
import { canonicalJson, shortHash } from "../../plan/canonical.ts";
import { RECORD_NAME } from "../../plan/stage-record.ts";
import * as pulumi from "../../pulumi.ts";
import { traefikDocument } from "../../traefik/document.ts";
import { TESTER_PLACEHOLDER } from "../../traefik/routers.ts";
import { documentText, legendOf } from "../../traefik/text.ts";
import { FlagdFile, RecordFile, TraefikFile } from "../local/files.ts";
import { writeMonitoringFiles } from "../local/monitoring-files.ts";
import type { TargetArgs } from "../target.ts";
import { FLAGD_FOLDER } from "./container-form.ts";
import { documentsOf, engineArgs, sourceOf } from "./documents.ts";
import { Container, Network, Provider, RemoteImage } from "./sdk.ts";
import { TRAEFIK_FOLDER, traefikForm } from "./traefik-container.ts";
import { balancerOf, type DockerWorkload, workloadsOf } from "./workload.ts";

export interface DockerStageArgs extends TargetArgs<DockerTarget> {
  /** By the address of a registry. */
  readonly registryPasswords: pulumi.Output<Readonly<Record<string, string>>>;
}

/** A stage on one Docker engine: its network, the containers of its variants, the documents, and Traefik. */
export class DockerStage extends pulumi.ComponentResource {
  /** Resolves once Traefik of the engine routes by the stage's document. */
  readonly live: pulumi.Output<string>;

  constructor(name: string, args: DockerStageArgs, opts?: pulumi.ComponentResourceOptions) {
    const { plan, settings, target, record, monitoring, testerSecret, root } = args;
    super("sluice:docker:Stage", name, {}, opts);
    const folder = resolve(root, stageFolder(settings.stage, target));
    const project = pulumi.getProject();
    const prefix = `${project}-${settings.stage}`;
    const traefikName = `${prefix}-traefik`;
    const workloads = workloadsOf(plan, target, prefix, sourceOf({ target, folder, prefix }, "flagd"));
    const provider = new Provider("engine", providerArgs(args), { parent: this });
    const child = { parent: this, provider };
    const labels = Object.entries(stageLabels(project, settings.stage)).map(([label, value]) => ({ label, value }));
    const network = new Network("network", { name: prefix, labels }, child);
    const images = new Map(
      [...new Set([...workloads.map(({ runs }) => runs.image), target.traefikImage])].map((image) => [image, imageOf(image, child)] as const),
    );
    const engine = engineArgs(target);
    const documents = documentsOf({ target, folder, prefix, labels, image: imageBy(images, target.traefikImage), child });
    const killArgs = { kills: standingKillsPath(folder), killed: killSubjects(settings) };
    const files = { parent: this };
    if (monitoring !== null) writeMonitoringFiles(folder, monitoring, files);
    const flagd = new FlagdFile(
      "flagd.json",
      { path: flagdPath(folder), content: `${JSON.stringify(flagdDocument(plan), null, 2)}\n`, ...killArgs, ...documents.published("flagd") },
      { ...files, dependsOn: documents.carriers },
    );
    const containers = workloads.flatMap(({ replicas, service, runs, form }) =>
      replicas.map(
        (replica) =>
          new Container(
            replica.name,
            {
              ...form,
              name: replica.name,
              image: imageBy(images, runs.image),
              labels: [...labels, { label: "sluice.service", value: service }, { label: "sluice.alias", value: replica.alias }],
              networksAdvanced: [{ name: network.name, aliases: [replica.alias] }],
              mounts: [{ ...documents.mount("flagd"), target: FLAGD_FOLDER, readOnly: true }],
            },
            { ...child, dependsOn: flagd },
          ),
      ),
    );
    const document = traefikDocument(plan, (service, variant) => balancerOf(workloads, service, variant.name));
    // Containers are healthy before Traefik leads to them, and go after it no longer does.
    const traefikFile = new TraefikFile(
      "traefik.yaml",
      {
        path: traefikPath(folder),
        content: documentText(document, legendOf(plan)),
        admin: target.api,
        workloads: [],
        secrets: testerSecret === null ? {} : pulumi.secret({ [TESTER_PLACEHOLDER]: testerSecret }),
        ...killArgs,
        ...documents.published("traefik"),
        engine,
        containers: awaited(workloads),
        reader: traefikName,
      },
      { ...files, dependsOn: [...containers, ...documents.carriers], additionalSecretOutputs: ["secrets"] },
    );
    const form = traefikForm(target);
    const traefik = new Container(
      "traefik",
      {
        ...form,
        name: traefikName,
        image: imageBy(images, target.traefikImage),
        labels,
        networksAdvanced: [{ name: network.name, aliases: ["traefik"] }],
        mounts: [{ ...documents.mount("traefik"), target: TRAEFIK_FOLDER, readOnly: true }],
      },
      { ...child, dependsOn: traefikFile },
    );
    const recordFile = new RecordFile(
      RECORD_NAME,
      {
        path: join(folder, RECORD_NAME),
        content: `${canonicalJson(record)}\n`,
        behind: {
          admin: target.api,
          document: traefikPath(folder),
          engine,
          container: traefikName,
          form: shortHash(canonicalJson({ image: target.traefikImage, form })),
        },
      },
      { ...files, dependsOn: traefik },
    );
    this.live = recordFile.id;
    this.registerOutputs({});
  }
}

/** An image, which stays on the engine when nothing uses it: the way back must not wait for a registry. */
function imageOf(image: string, opts: pulumi.CustomResourceOptions): pulumi.Output<string> {
  return new RemoteImage(image, { name: image, keepLocally: true }, opts).imageId;
}

/** The ID of an image. @throws Error for one that was not asked for, which is a fault of the stage */
function imageBy(images: ReadonlyMap<string, pulumi.Output<string>>, name: string): pulumi.Output<string> {
  const id = images.get(name);
  if (id === undefined) throw new Error(`no image ${name}`);
  return id;
}

function awaited(workloads: readonly DockerWorkload[]): { readonly name: string; readonly host: string; readonly ready: number }[] {
  return workloads.flatMap(({ replicas, runs }) => replicas.map(({ name, alias }) => ({ name, host: alias, ready: runs.ready })));
}

function providerArgs({ target, registryPasswords }: DockerStageArgs): ConstructorParameters<typeof Provider>[1] {
  const { registries } = target;
  if (registries.length === 0) return engineArgs(target);
  const registryAuth = registryPasswords.apply((passwords) =>
    registries.map(({ address, username }) => ({ address, username, password: passwords[address] ?? "" })),
  );
  return { ...engineArgs(target), registryAuth: pulumi.secret(registryAuth) };
}

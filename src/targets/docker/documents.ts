import { join } from "node:path";
import { CARRIED, carrierOf, type DockerTarget, isHere } from "../../model/docker-target.ts";
import type * as pulumi from "../../pulumi.ts";
import { CONFINED } from "./container-form.ts";
import { Container, Volume } from "./sdk.ts";

/** How a stage's documents come to those who read them. */
export interface StageDocuments {
  /** What must be there before a document is written. */
  readonly carriers: pulumi.Resource[];
  /** What a container mounts to read a document, apart from where. */
  mount(document: DocumentName): { readonly type: "bind" | "volume"; readonly source: pulumi.Input<string> };
  /** What the provider is told of where a document has to go beside its file. */
  published(document: DocumentName): {
    readonly engine?: { host?: string; certPath?: string };
    readonly carrier?: { readonly container: string; readonly folder: string };
  };
}

type DocumentName = keyof typeof CARRIED;

/** What a container mounts to read a document: a folder of this machine, or a volume by its name. */
export function sourceOf({ target, folder, prefix }: Pick<DocumentsArgs, "target" | "folder" | "prefix">, document: DocumentName): string {
  return isHere(target.engine.host) ? join(folder, document) : `${prefix}-${document}`;
}

export interface DocumentsArgs {
  readonly target: DockerTarget;
  /** The stage's folder on this machine. */
  readonly folder: string;
  readonly prefix: string;
  readonly labels: readonly { readonly label: string; readonly value: string }[];
  /** Any image will do: the carrier never runs. */
  readonly image: pulumi.Output<string>;
  readonly child: pulumi.CustomResourceOptions;
}

/**
 * An engine on this machine mounts the folders of the documents. One on another machine cannot: there they are volumes,
 * and a container that never runs is the door to them.
 */
export function documentsOf(args: DocumentsArgs): StageDocuments {
  const { target, prefix, labels, image, child } = args;
  if (isHere(target.engine.host)) {
    return { carriers: [], mount: (document) => ({ type: "bind", source: sourceOf(args, document) }), published: () => ({}) };
  }
  const volumeOf = (document: DocumentName): Volume => new Volume(`${document}-documents`, { name: sourceOf(args, document), labels: [...labels] }, child);
  const volumes = { traefik: volumeOf("traefik"), flagd: volumeOf("flagd") };
  const { container } = carrierOf(prefix, "traefik");
  const carrier = new Container(
    "carrier",
    {
      ...CONFINED,
      restart: "no",
      name: container,
      image,
      labels: [...labels],
      command: ["true"],
      start: false,
      mustRun: false,
      networkMode: "none",
      mounts: [
        { type: "volume", source: volumes.traefik.name, target: CARRIED.traefik },
        { type: "volume", source: volumes.flagd.name, target: CARRIED.flagd },
      ],
    },
    child,
  );
  return {
    carriers: [carrier],
    mount: (document) => ({ type: "volume", source: volumes[document].name }),
    published: (document) => ({ engine: engineArgs(target), carrier: carrierOf(prefix, document) }),
  };
}

/** An engine's address, without what is not said. */
export function engineArgs({ engine: { host, certPath } }: DockerTarget): { host?: string; certPath?: string } {
  return { ...(host === null ? {} : { host }), ...(certPath === null ? {} : { certPath }) };
}

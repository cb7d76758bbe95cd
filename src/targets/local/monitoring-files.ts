import { join } from "node:path";
import type { MonitoringDocuments } from "../../monitoring/documents.ts";
import { monitoringFiles } from "../../monitoring/files.ts";
import { monitoringResource } from "../../monitoring/resource-name.ts";
import type { CustomResourceOptions } from "../../pulumi.ts";
import { TextFile } from "./files.ts";

/** The monitoring of a stage as files below its folder. Nothing waits for them. */
export function writeMonitoringFiles(folder: string, documents: MonitoringDocuments, opts: CustomResourceOptions): void {
  for (const { path, content } of monitoringFiles(documents)) {
    new TextFile(monitoringResource(path), { path: join(folder, "monitoring", path), content }, opts);
  }
}

import { monitoringTables } from "../monitoring/page.ts";
import { configurationTables, projectFileSchema, stageFileSchema } from "./generate.ts";

const BEGIN = "<!-- generated: npm run generate -->";
const END = "<!-- end of generated -->";

/**
 * The files that follow from the schemas and the alerts, by path relative to the repository.
 * @param read gives the text of a file that is generated in part
 */
export function generatedFiles(read: (path: string) => string): Record<string, string> {
  const inPage = (path: string, text: string): string => {
    const page = read(path);
    const before = page.slice(0, page.indexOf(BEGIN) + BEGIN.length);
    return `${before}\n\n${text}\n\n${page.slice(page.indexOf(END))}`;
  };
  return {
    "schema/stage.schema.json": `${JSON.stringify(stageFileSchema(), null, 2)}\n`,
    "schema/project.schema.json": `${JSON.stringify(projectFileSchema(), null, 2)}\n`,
    "docs/configuration.md": inPage("docs/configuration.md", configurationTables()),
    "docs/monitoring.md": inPage("docs/monitoring.md", monitoringTables()),
  };
}

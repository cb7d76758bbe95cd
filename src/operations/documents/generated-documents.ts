import { readCommitted } from "./committed.ts";
import { dependenciesText } from "./dependencies.ts";
import { environmentsText } from "./environments.ts";
import { performanceText } from "./performance.ts";
import { successCriteriaText } from "./success-criteria.ts";

const BEGIN = "<!-- generated: npm run generate -->";
const END = "<!-- end of generated -->";

/**
 * The pages that follow from the catalogue, the stages' files, saved figures and the lock file, by path relative to the repository.
 * @param read gives the text of a file of the repository
 */
export function generatedDocuments(read: (path: string) => string): Record<string, string> {
  const committed = readCommitted(read);
  return Object.fromEntries(
    Object.entries({
      "docs/dependencies.md": dependenciesText(read),
      "docs/environments.md": environmentsText(committed),
      "docs/performance.md": performanceText(read),
      "docs/success-criteria.md": successCriteriaText(committed),
    }).map(([path, text]) => [path, replaceGenerated(read(path), text)]),
  );
}

/** A page with another text between its marks. */
function replaceGenerated(page: string, text: string): string {
  const [begin, end] = [page.indexOf(BEGIN), page.indexOf(END)];
  if (begin < 0 || end < begin) throw new Error(`a page lacks ${BEGIN} and ${END}`);
  return `${page.slice(0, begin + BEGIN.length)}\n\n${text}\n\n${page.slice(end)}`;
}

import type { Committed } from "./committed.ts";
import { criteriaOf } from "./criteria.ts";
import { codeInCell, escapeMarkdown, table } from "./markdown.ts";

/** What must hold of each flag in each stage before it goes further, with the query or command that asks for it. */
export function successCriteriaText({ models, first }: Committed): string {
  const partial = first.catalog.steps.find((step) => step < 100) ?? 100;
  return Object.keys(first.catalog.flags)
    .flatMap((flag) =>
      [...models].map(([stage, model]) => {
        const rows = criteriaOf(model, flag, partial).map(({ measure, threshold, ask }) => [escapeMarkdown(measure), threshold, codeInCell(ask.text)]);
        return `### \`${flag}\` in ${stage}\n\n${table(["measure", "threshold", "ask"], rows)}`;
      }),
    )
    .join("\n\n");
}

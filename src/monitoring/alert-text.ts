import type { Alert, ValueFormat } from "./alerts.ts";

/** What may stand in an alert's texts. */
const PLACEHOLDER = /\{(stage|flag|service|metric|value)\}/g;

/**
 * A text of an alert as a template of Prometheus, in which labels are filled in as values: whatever they hold, it is not
 * read as a template again. Braces outside of placeholders stay braces.
 */
export function alertTemplate(text: string, { value }: Pick<Alert, "value">, stage: string): string {
  const parts = text.split(PLACEHOLDER);
  return parts.map((part, index) => (index % 2 === 0 ? part.replaceAll("{", '{{"{"}}') : actionOf(part, value, stage))).join("");
}

/** Labels that a rule adds are not among those of its template, so the stage stands there as it is. */
function actionOf(placeholder: string, value: ValueFormat, stage: string): string {
  if (placeholder === "stage") return stage;
  return placeholder === "value" ? valueAction(value) : `{{ $labels.${placeholder} }}`;
}

function valueAction(value: ValueFormat): string {
  switch (value) {
    case "share":
      return "{{ $value | humanizePercentage }}";
    case "times":
      return "{{ $value | humanize }}";
    case "seconds":
    case "duration":
      return "{{ $value | humanizeDuration }}";
    case "count":
      return "{{ $value }}";
    default:
      return value satisfies never;
  }
}

/** The same text for a page, where what it is about is not known. */
export function alertProse(text: string): string {
  return text.replaceAll(PLACEHOLDER, (_all, name: string) => (name === "value" ? "N" : name.toUpperCase()));
}

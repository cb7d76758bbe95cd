import { z } from "zod/mini";

const documentSchema = z.looseObject({ flags: z.record(z.string(), z.looseObject({})) });

/** The text of a flagd document with these flags off for everyone. @throws Error when the text is no flagd document */
export function withdrawFromFlagd(text: string, gone: readonly string[]): string {
  const document = parseDocument(text);
  const flags = Object.fromEntries(
    Object.entries(document.flags).map(([name, flag]) => [name, gone.includes(name) ? { ...flag, defaultVariant: "off", targeting: {} } : flag]),
  );
  return `${JSON.stringify({ ...document, flags }, null, 2)}\n`;
}

function parseDocument(text: string): z.output<typeof documentSchema> {
  try {
    return documentSchema.parse(JSON.parse(text));
  } catch {
    throw new Error("it is no flagd document");
  }
}

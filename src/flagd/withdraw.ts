import { z } from "zod/mini";
import { parseJsonOrNull } from "../model/parse-json.ts";

const documentSchema = z.looseObject({ flags: z.record(z.string(), z.looseObject({})) });

/** The text of a flagd document with these flags off for everyone; the order of its keys stays. @throws Error when the text is no flagd document */
export function withdrawFromFlagd(text: string, gone: readonly string[]): string {
  const found = documentSchema.safeParse(parseJsonOrNull(text));
  if (!found.success) throw new Error("it is no flagd document");
  const { flags } = found.data;
  const off = Object.fromEntries(
    Object.entries(flags).map(([name, flag]) => [name, gone.includes(name) ? { ...flag, defaultVariant: "off", targeting: {} } : flag]),
  );
  const entries = Object.entries(z.looseObject({}).parse(parseJsonOrNull(text))).map(([key, value]) => [key, key === "flags" ? off : value]);
  return `${JSON.stringify(Object.fromEntries(entries), null, 2)}\n`;
}

import type { Provider } from "@pulumi/pulumi/provider/provider.js";
import { z } from "zod/mini";
import { sinceWhen } from "./record-file.ts";

const schema = z.looseObject({ content: z.string() });

/** The record of a stage that has no files: kept in the state alone, with since when each flag has had its exposure. */
export const record: Required<Pick<Provider, "diff" | "create" | "read" | "update" | "delete">> = {
  async diff(_id, _urn, olds: unknown, news: unknown) {
    return { changes: schema.parse(olds).content !== schema.parse(news).content };
  },
  async create(_urn, inputs: Record<string, unknown>) {
    return { id: "record", outs: { ...inputs, since: sinceWhen(schema.parse(inputs).content, null, new Date()) } };
  },
  async read(id, _urn, properties: Record<string, unknown>) {
    const inputs = Object.fromEntries(Object.entries(properties).filter(([name]) => name !== "since"));
    return { id, props: properties, inputs };
  },
  async update(_id, _urn, olds: unknown, news: Record<string, unknown>) {
    return { outs: { ...news, since: sinceWhen(schema.parse(news).content, olds, new Date()) } };
  },
  async delete() {
    await Promise.resolve();
  },
};

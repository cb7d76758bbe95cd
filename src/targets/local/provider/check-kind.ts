import type { Provider } from "@pulumi/pulumi/provider/provider.js";
import type { z } from "zod/mini";
import { type Report, reportTo } from "./engine-log.ts";

/** Something that must hold before the update goes on, as a resource: it makes nothing, and its deletion deletes nothing. */
export interface CheckKind<State> {
  readonly schema: z.ZodMiniType<State>;
  readonly idOf: (state: State) => string;
  /** What of the properties, when it changes, asks for another look; where things are on this machine does not. */
  readonly matters: (state: State) => unknown;
  /**
   * Waits until it holds. @returns what was seen, in words, for the property `seen`
   * @throws Error saying why it does not
   */
  readonly check: (state: State, report: Report, signal: AbortSignal) => Promise<string>;
}

type CheckProvider = Required<Pick<Provider, "diff" | "create" | "read" | "update" | "delete">>;

const asked = new AbortController();

/** Ends every check that is under way: a person has asked the update to stop. */
export function stopChecks(): void {
  asked.abort();
}

/** Address of the engine among the arguments that a provider is started with. */
const ENGINE = process.argv.slice(2).find((argument) => /^[^-].*:\d+$/.test(argument));

export function provideCheck<State>(kind: CheckKind<State>): CheckProvider {
  const look = async (urn: string, properties: Record<string, unknown>): Promise<Record<string, unknown>> => ({
    ...properties,
    seen: await kind.check(kind.schema.parse(properties), reportTo(ENGINE, urn), asked.signal),
  });
  return {
    async diff(_id, _urn, olds: unknown, news: unknown) {
      const [before, after] = [kind.schema.safeParse(olds), kind.schema.parse(news)];
      // A state of an earlier version is looked at anew.
      return { changes: !before.success || JSON.stringify(kind.matters(before.data)) !== JSON.stringify(kind.matters(after)) };
    },
    async create(urn, inputs: Record<string, unknown>) {
      return { id: kind.idOf(kind.schema.parse(inputs)), outs: await look(urn, inputs) };
    },
    async read(id, _urn, properties: Record<string, unknown>) {
      const inputs = Object.fromEntries(Object.entries(properties).filter(([name]) => name !== "seen"));
      return { id, props: properties, inputs };
    },
    async update(_id, urn, _olds: unknown, news: Record<string, unknown>) {
      return { outs: await look(urn, news) };
    },
    async delete() {
      await Promise.resolve();
    },
  };
}

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
   * What is to be looked at after a change; all of it where this is left out, or nothing was looked at before.
   * @returns null where what was seen still holds
   */
  readonly changed?: (before: State, after: State) => State | null;
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
  const look = (urn: string, state: State): Promise<string> => kind.check(state, reportTo(ENGINE, urn), asked.signal);
  return {
    async diff(_id, _urn, olds: unknown, news: unknown) {
      const [before, after] = [kind.schema.safeParse(olds), kind.schema.safeParse(news)];
      // A state of an earlier version is looked at anew, as is what a preview does not know yet.
      return { changes: !before.success || !after.success || JSON.stringify(kind.matters(before.data)) !== JSON.stringify(kind.matters(after.data)) };
    },
    async create(urn, inputs: Record<string, unknown>) {
      const state = kind.schema.parse(inputs);
      return { id: kind.idOf(state), outs: { ...inputs, seen: await look(urn, state) } };
    },
    async read(id, _urn, properties: Record<string, unknown>) {
      const inputs = Object.fromEntries(Object.entries(properties).filter(([name]) => name !== "seen"));
      return { id, props: properties, inputs };
    },
    async update(_id, urn, olds: Record<string, unknown>, news: Record<string, unknown>) {
      const [before, after] = [kind.schema.safeParse(olds), kind.schema.parse(news)];
      const wanted = before.success && kind.changed !== undefined ? kind.changed(before.data, after) : after;
      return { outs: { ...news, seen: wanted === null ? olds["seen"] : await look(urn, wanted) } };
    },
    async delete() {
      await Promise.resolve();
    },
  };
}

import { rm } from "node:fs/promises";
import type { Provider } from "@pulumi/pulumi/provider/provider.js";
import type { z } from "zod/mini";

/** A file, or several of a folder, as a resource: what its properties are, and how it is written and read back. */
export interface ResourceKind<State extends { readonly path: string }> {
  readonly schema: z.ZodMiniType<State>;
  readonly write: (state: State) => Promise<void>;
  /** The properties that are otherwise on disk than in the state, as they are there; null when it is gone. */
  readonly read: (state: State) => Promise<Partial<State> | null>;
  /** Takes it away; where this is left out, the file at its path. */
  readonly remove?: (state: State) => Promise<void>;
  /** Whether what there is asks for another writing although no property has changed. */
  readonly isStale?: (state: State) => Promise<boolean>;
  /** Properties that follow from the writing itself, by name; they are in the state, and no inputs. `before` is the state that was, null where there was none. */
  readonly computed?: Readonly<Record<string, (state: State, before: unknown) => unknown>>;
}

/** How the engine marks a secret value; fixed by Pulumi's wire format. */
const SECRET_MARK = "4dabf18193072939515e22adb298388d";

/** Takes the engine's wrapping off secret values. */
function unwrap(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(unwrap);
  if (typeof value !== "object" || value === null) return value;
  if (SECRET_MARK in value && "value" in value) return unwrap(value.value);
  return Object.fromEntries(Object.entries(value).map(([key, inner]) => [key, unwrap(inner)]));
}

/** The provider of one kind. Properties go back to the engine as they came, so that secrets stay wrapped. */
export function provide<State extends { readonly path: string }>(
  kind: ResourceKind<State>,
): Required<Pick<Provider, "diff" | "create" | "read" | "update" | "delete">> {
  const parse = (properties: unknown): State => kind.schema.parse(unwrap(properties));
  const computed = Object.entries(kind.computed ?? {});
  const compute = (state: State, before: unknown): Record<string, unknown> =>
    Object.fromEntries(computed.map(([name, follow]) => [name, follow(state, before)]));
  return {
    async diff(_id, _urn, olds: unknown, news: unknown) {
      const before = parse(olds);
      const after = parse(news);
      const changes = JSON.stringify(before) !== JSON.stringify(after) || (await kind.isStale?.(after)) === true;
      return { changes, replaces: before.path === after.path ? [] : ["path"] };
    },
    async create(_urn, inputs: Record<string, unknown>) {
      const state = parse(inputs);
      await kind.write(state);
      return { id: state.path, outs: { ...inputs, ...compute(state, null) } };
    },
    async read(id, _urn, properties: Record<string, unknown>) {
      const there = await kind.read(parse(properties));
      if (there === null) return { id: "", props: {} };
      const found = { ...properties, ...there };
      const inputs = Object.fromEntries(Object.entries(found).filter(([name]) => !computed.some(([other]) => other === name)));
      return { id, props: found, inputs };
    },
    async update(_id, _urn, olds: unknown, news: Record<string, unknown>) {
      const state = parse(news);
      await kind.write(state);
      return { outs: { ...news, ...compute(state, unwrap(olds)) } };
    },
    async delete(_id, _urn, properties: unknown) {
      const state = parse(properties);
      await (kind.remove?.(state) ?? rm(state.path, { force: true }));
    },
  };
}

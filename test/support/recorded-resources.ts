import type { RegisterResourceRequest } from "@pulumi/pulumi/proto/resource_pb.js";
import { MockMonitor, setMocks } from "@pulumi/pulumi/runtime/mocks.js";
import { setMockOptions } from "@pulumi/pulumi/runtime/settings.js";

/** A resource as the engine is asked for it. */
export interface Recorded {
  /** Last part of its type, and its name: `ConfigMap main/sluice-flagd`. */
  readonly id: string;
  readonly type: string;
  readonly name: string;
  readonly inputs: Readonly<Record<string, unknown>>;
  /** Ids of those that it is made after, and that are taken away after it; sorted. */
  readonly after: readonly string[];
  /** Ids of the component that it is part of, and of what makes it; empty where there is none. */
  readonly parent: string;
  readonly provider: string;
}

/** The outputs of a resource that has more than its inputs. */
type StateOf = (type: string, name: string, inputs: Readonly<Record<string, unknown>>) => Readonly<Record<string, unknown>>;

/** Mocks of the engine that keep every resource, in the order in which it is asked for; they answer no call. */
export async function recordResources(project?: string, stateOf: StateOf = (_type, _name, inputs) => inputs): Promise<readonly Recorded[]> {
  const recorded: Recorded[] = [];
  const inputsOf = new Map<string, Readonly<Record<string, unknown>>>();
  const mocks = {
    newResource: ({ type, name, inputs }: { type: string; name: string; inputs: Record<string, unknown> }) => {
      inputsOf.set(`${type} ${name}`, inputs);
      return { id: name, state: stateOf(type, name, inputs) };
    },
    call: ({ token }: { token: string }) => {
      throw new Error(`unexpected call ${token}`);
    },
  };
  class Recorder extends MockMonitor {
    override async registerResource(request: RegisterResourceRequest, callback: (error: unknown, response: unknown) => void): Promise<void> {
      const [type, name] = [request.getType(), request.getName()];
      await super.registerResource(request, (error: unknown, response: unknown) => {
        recorded.push({
          id: `${type.split(":").at(-1) ?? ""} ${name}`,
          type,
          name,
          inputs: inputsOf.get(`${type} ${name}`) ?? {},
          after: request.getDependenciesList().map(idOf).sort(),
          parent: idOf(request.getParent()),
          provider: idOf(request.getProvider()),
        });
        callback(error, response);
      });
    }
  }
  await setMocks(mocks, project);
  setMockOptions(new Recorder(mocks), project);
  return recorded;
}

/** Whatever a resource is made after, by way of others too. @param id of one that was recorded */
export function allBefore(recorded: readonly Recorded[], id: string): ReadonlySet<string> {
  const byId = new Map(recorded.map((resource) => [resource.id, resource]));
  const found = new Set<string>();
  const add = (one: string): void => {
    for (const before of byId.get(one)?.after ?? []) {
      if (found.has(before)) continue;
      found.add(before);
      add(before);
    }
  };
  add(id);
  return found;
}

/** Names by kind, sorted, without hashes. */
export function byKind(recorded: readonly Recorded[]): Record<string, string[]> {
  const kinds = Map.groupBy(recorded, ({ id }) => id.split(" ")[0] ?? "");
  return Object.fromEntries([...kinds].map(([kind, resources]) => [kind, resources.map(({ name }) => withoutHash(name)).sort()]));
}

/** The one resource with this id, written without its hash. @throws Error where there is another number of them */
export function only(recorded: readonly Recorded[], id: string): Recorded {
  const [found, ...more] = recorded.filter((resource) => withoutHash(resource.id) === id);
  if (found === undefined || more.length > 0) throw new Error(`${more.length + (found === undefined ? 0 : 1)} of ${id}`);
  return found;
}

/** A name or an id with `#` in place of the hash of what the resource is made from. */
export function withoutHash(name: string): string {
  return name.replace(/-[0-9a-f]{8}(?=$|\/)/, "-#");
}

/** @param reference a URN, or a URN and an id for a provider */
function idOf(reference: string): string {
  const [, , types = "", rest = ""] = reference.split("::");
  const type = types.split(/[$:]/).at(-1) ?? "";
  return reference === "" ? "" : `${type} ${rest}`;
}

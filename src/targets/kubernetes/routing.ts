import type { Child, IngressRouteSpec, Named, Routing, TraefikServiceSpec } from "../../kubernetes/routing-types.ts";
import { TRAEFIK_API } from "../../kubernetes/routing-types.ts";
import { canonicalJson, shortHash } from "../../plan/canonical.ts";
import * as pulumi from "../../pulumi.ts";
import { TESTER_PLACEHOLDER } from "../../traefik/routers.ts";
import { metadataOf, type ObjectHome, TAKEN_BACK } from "./metadata.ts";
import { CustomObject } from "./sdk.ts";

type Resources = readonly pulumi.Resource[];

export interface RoutingArgs {
  readonly home: ObjectHome;
  /** Of logical names. */
  readonly prefix: string;
  readonly routing: Routing;
  readonly testerSecret: pulumi.Input<string> | null;
  /** What must be there before anything of it, such as a Traefik that brings the definitions of its resources. */
  readonly installed: Resources;
  /** What must be ready before visitors are led to a variant, by the name of its Service. */
  readonly ready: ReadonlyMap<string, Resources>;
}

export interface MadeRouting {
  /** They are made last. */
  readonly rules: Resources;
  /** By service, what is another whenever a slot or rule of it was applied with another content, by whomever. */
  readonly versions: pulumi.Output<Readonly<Record<string, string>>>;
}

/**
 * Makes the routing of a stage: Middlewares, then the slots of buckets, those of newcomers, and last the rules, so
 * that nothing leads to what is not there.
 */
export function makeRouting({ home, prefix, routing, testerSecret, installed, ready }: RoutingArgs, opts: pulumi.CustomResourceOptions): MadeRouting {
  const make = (kind: string, { name, service }: Named<unknown>, spec: pulumi.Input<object>, dependsOn: Resources): CustomObject =>
    new CustomObject(
      `${prefix}${name}`,
      { apiVersion: TRAEFIK_API, kind, metadata: metadataOf(home, name, service, { annotations: TAKEN_BACK }), spec },
      { ...opts, dependsOn: [...dependsOn] },
    );
  const middlewares = new Map(routing.middlewares.map((named) => [named.name, make("Middleware", named, named.spec, installed)]));
  const slots = new Map<string, CustomObject>();
  const before = (child: Child): Resources =>
    child.kind === "Service"
      ? [...(ready.get(child.name) ?? []), ...child.middlewares.flatMap(({ name }) => middlewares.get(name) ?? [])]
      : [slots.get(child.name)].filter((slot) => slot !== undefined);
  const makeSlots = (named: readonly Named<TraefikServiceSpec>[]): void => {
    for (const slot of named) slots.set(slot.name, make("TraefikService", slot, slot.spec, slot.spec.weighted.services.flatMap(before)));
  };
  const [leading, spreading] = [routing.slots.filter((slot) => !spreads(slot)), routing.slots.filter(spreads)];
  makeSlots(leading);
  makeSlots(spreading);
  const makeRoute = (named: Named<IngressRouteSpec>, spec: pulumi.Input<object>): CustomObject => {
    const led = named.spec.routes.flatMap((rule) => [
      ...rule.middlewares.flatMap(({ name }) => middlewares.get(name) ?? []),
      ...rule.services.flatMap(({ name }) => slots.get(name) ?? []),
    ]);
    return make("IngressRoute", named, spec, led);
  };
  const rules = [
    ...routing.routes.map((named) => ({ named, made: makeRoute(named, named.spec) })),
    ...routing.testerRoutes.map((named) => ({ named, made: makeRoute(named, withSecret(named.spec, testerSecret)) })),
  ];
  const made = [...routing.slots.map((named) => ({ named, made: slots.get(named.name) })), ...rules];
  return { rules: rules.map((rule) => rule.made), versions: versionsOf(made.map(({ named, made: object }) => [named.service ?? "", object])) };
}

/** From what the API server counts: it tells also of what an update has changed that failed, and of which the state knows nothing. */
function versionsOf(objects: readonly (readonly [service: string, object: CustomObject | undefined])[]): pulumi.Output<Record<string, string>> {
  const counted = objects.map(([service, object]) => object?.metadata.apply(({ name, uid, generation }) => [service, `${name} ${uid} ${generation}`] as const));
  return pulumi.output(counted).apply((all) => {
    const byService = Map.groupBy(
      all.filter((one) => one !== undefined),
      ([service]) => service,
    );
    return Object.fromEntries([...byService].map(([service, own]) => [service, shortHash(canonicalJson(own))]));
  });
}

/** Whether a slot leads on to other slots. */
function spreads({ spec }: Named<TraefikServiceSpec>): boolean {
  return spec.weighted.services.some(({ kind }) => kind === "TraefikService");
}

/** The tester secret in its place, and the whole spec a secret of the state. */
function withSecret(spec: IngressRouteSpec, testerSecret: pulumi.Input<string> | null): pulumi.Output<object> {
  const filled = pulumi.output(testerSecret ?? TESTER_PLACEHOLDER).apply((secret) => ({
    ...spec,
    routes: spec.routes.map((rule) => ({ ...rule, match: rule.match.replaceAll(TESTER_PLACEHOLDER, secret) })),
  }));
  return pulumi.secret(filled);
}

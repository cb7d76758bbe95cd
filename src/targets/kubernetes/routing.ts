import type { IngressRouteSpec, Named, Routing, TraefikServiceSpec } from "../../kubernetes/routing-types.ts";
import { TRAEFIK_API } from "../../kubernetes/routing-types.ts";
import * as pulumi from "../../pulumi.ts";
import { TESTER_PLACEHOLDER } from "../../traefik/routers.ts";
import { type Home, metadataOf, TAKEN_BACK } from "./metadata.ts";
import { CustomObject } from "./sdk.ts";

type Resources = readonly pulumi.Resource[];

export interface RoutingArgs {
  readonly home: Home;
  /** Of logical names. */
  readonly prefix: string;
  readonly routing: Routing;
  readonly testerSecret: pulumi.Input<string> | null;
  /** What must be there before anything of it, such as a Traefik that brings the definitions of its resources. */
  readonly installed: Resources;
  /** What must be ready before visitors of a service are led anywhere. */
  readonly readyOf: (service: string) => Resources;
}

/**
 * Makes the routing of a stage: Middlewares, then the slots of buckets, those of newcomers, and last the rules, so
 * that nothing leads to what is not there.
 * @returns the rules
 */
export function makeRouting({ home, prefix, routing, testerSecret, installed, readyOf }: RoutingArgs, opts: pulumi.CustomResourceOptions): Resources {
  const make = (kind: string, { name, service }: Named<unknown>, spec: pulumi.Input<object>, dependsOn: Resources): pulumi.CustomResource =>
    new CustomObject(
      `${prefix}${name}`,
      { apiVersion: TRAEFIK_API, kind, metadata: metadataOf(home, name, service, { annotations: TAKEN_BACK }), spec },
      { ...opts, dependsOn: [...dependsOn] },
    );
  const middlewares = routing.middlewares.map((named) => ({ service: named.service, made: make("Middleware", named, named.spec, installed) }));
  const middlewaresOf = (service: string | null): Resources =>
    middlewares.filter((one) => one.service === null || one.service === service).map(({ made }) => made);
  const slots = new Map<string, pulumi.CustomResource>();
  const makeSlots = (named: readonly Named<TraefikServiceSpec>[]): void => {
    for (const slot of named) {
      const children = slot.spec.weighted.services.flatMap(({ kind, name }) => (kind === "TraefikService" ? (slots.get(name) ?? []) : []));
      slots.set(slot.name, make("TraefikService", slot, slot.spec, [...readyOf(slot.service ?? ""), ...middlewaresOf(slot.service), ...children]));
    }
  };
  const [leading, spreading] = [routing.slots.filter((slot) => !spreads(slot)), routing.slots.filter(spreads)];
  makeSlots(leading);
  makeSlots(spreading);
  const makeRoute = (named: Named<IngressRouteSpec>, spec: pulumi.Input<object>): pulumi.CustomResource => {
    const led = named.spec.routes.flatMap(({ services }) => services.flatMap(({ name }) => slots.get(name) ?? []));
    return make("IngressRoute", named, spec, [...middlewaresOf(null), ...led]);
  };
  return [
    ...routing.routes.map((named) => makeRoute(named, named.spec)),
    ...routing.testerRoutes.map((named) => makeRoute(named, withSecret(named.spec, testerSecret))),
  ];
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

import type { StickyCookie, TraefikMiddleware } from "../traefik/types.ts";

/** API of Traefik's custom resources. */
export const TRAEFIK_API = "traefik.io/v1alpha1";

/** A named object's spec, before metadata. */
export interface Named<Spec> {
  readonly name: string;
  /** The catalogue's service; null for what is shared. */
  readonly service: string | null;
  readonly spec: Spec;
}

export type MiddlewareSpec = TraefikMiddleware;

/** Leads to a Service, or on to another TraefikService. */
export type Child =
  | {
      readonly kind: "Service";
      readonly name: string;
      readonly port: string;
      readonly middlewares: readonly { readonly name: string }[];
      readonly weight: number;
      readonly nativeLB?: true;
    }
  | { readonly kind: "TraefikService"; readonly name: string; readonly weight: number };

export interface TraefikServiceSpec {
  readonly weighted: {
    readonly services: readonly Child[];
    readonly sticky?: { readonly cookie: StickyCookie };
  };
}

export interface IngressRouteSpec {
  readonly entryPoints?: readonly string[];
  readonly routes: readonly {
    readonly kind: "Rule";
    readonly match: string;
    readonly priority: number;
    readonly middlewares: readonly { readonly name: string }[];
    readonly services: readonly { readonly kind: "TraefikService"; readonly name: string }[];
  }[];
  readonly tls?: { readonly secretName: string };
}

/** Everything of Traefik that a stage has in a cluster. */
export interface Routing {
  readonly middlewares: readonly Named<MiddlewareSpec>[];
  /** The decisions: which variant everyone, or newcomers, each bucket and testers of a service see. */
  readonly slots: readonly Named<TraefikServiceSpec>[];
  /** Their rules; none changes with an exposure between the first step and the last. */
  readonly routes: readonly Named<IngressRouteSpec>[];
  /** Their rules hold the tester secret. */
  readonly testerRoutes: readonly Named<IngressRouteSpec>[];
}

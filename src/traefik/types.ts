/** The parts of Traefik's dynamic configuration that Sluice writes. */
export interface TraefikDocument {
  readonly http: {
    readonly routers: Readonly<Record<string, TraefikRouter>>;
    readonly services: Readonly<Record<string, TraefikService>>;
    readonly middlewares: Readonly<Record<string, TraefikMiddleware>>;
  };
}

export interface TraefikRouter {
  readonly rule: string;
  readonly priority: number;
  readonly service: string;
  readonly middlewares: readonly string[];
}

export interface TraefikService {
  readonly middlewares?: readonly string[];
  readonly loadBalancer?: LoadBalancer;
  readonly weighted?: {
    readonly services: readonly { readonly name: string; readonly weight: number }[];
    readonly sticky?: { readonly cookie: StickyCookie };
  };
}

export interface LoadBalancer {
  readonly servers: readonly { readonly url: string }[];
  /** Takes out servers that do not answer; durations such as `2s`. */
  readonly healthCheck?: { readonly path: string; readonly interval: string; readonly timeout: string };
}

export interface StickyCookie {
  readonly name: string;
  readonly path: string;
  readonly httpOnly: boolean;
  readonly sameSite: "lax";
  readonly secure: boolean;
  readonly maxAge: number;
  readonly domain?: string;
}

/** An empty value removes the header. */
export interface TraefikMiddleware {
  readonly headers: {
    readonly customRequestHeaders?: Readonly<Record<string, string>>;
    readonly customResponseHeaders?: Readonly<Record<string, string>>;
  };
}

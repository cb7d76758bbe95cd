/** Where a Traefik listens and what it reads, as it sees them itself. */
export interface TraefikPlaces {
  /** `host:port` for visitors. */
  readonly web: string;
  /** `host:port` of its API, which also serves its metrics. */
  readonly admin: string;
  /** Its document alone, or whatever is in a folder: there what lies beside the document is read too, and where one cannot be read, none is. */
  readonly reads: { readonly document: string } | { readonly folder: string };
}

/** Where Traefik's buckets of durations end, in seconds: a latency is judged at the largest that is at most its limit. */
const DURATION_BUCKETS = [0.005, 0.01, 0.025, 0.05, 0.1, 0.2, 0.3, 0.5, 0.75, 1, 1.5, 2, 3, 5, 10];

/** Traefik's static configuration for one stage, as its command line. */
export function traefikArguments({ reads, ...places }: TraefikPlaces): string[] {
  const source = "document" in reads ? `--providers.file.filename=${reads.document}` : `--providers.file.directory=${reads.folder}`;
  return [...listeningArguments(places), source, "--providers.file.watch=true", "--providers.providersThrottleDuration=10ms"];
}

/** The part that is the same wherever the routes come from: where it listens, what it measures, what it keeps to itself. */
export function listeningArguments({ web, admin }: Omit<TraefikPlaces, "reads">): string[] {
  return [
    `--entryPoints.web.address=${web}`,
    // An application behind CGI, WSGI or PHP takes X_Flag_A and X.Flag.A for X-Flag-A.
    "--entryPoints.web.http.aliasHeadersStrategy=delete",
    `--entryPoints.traefik.address=${admin}`,
    "--api=true",
    "--api.insecure=true",
    "--ping=true",
    "--metrics.prometheus=true",
    "--metrics.prometheus.entryPoint=traefik",
    "--metrics.prometheus.addEntryPointsLabels=false",
    "--metrics.prometheus.addRoutersLabels=false",
    "--metrics.prometheus.addServicesLabels=true",
    `--metrics.prometheus.buckets=${DURATION_BUCKETS.join(",")}`,
    "--global.checkNewVersion=false",
    "--global.sendAnonymousUsage=false",
    "--log.level=ERROR",
  ];
}

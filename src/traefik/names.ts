/** The Traefik service of a variant. */
export function variantService(service: string, variant: string): string {
  return `${service}--${variant}`;
}

/** The Traefik service that gives a newcomer this bucket. */
export function bucketService(service: string, bucket: number): string {
  return `${service}.bucket-${bucket}`;
}

/** The Traefik service that spreads newcomers over the buckets; only where there is more than one cohort. */
export function newcomerService(service: string): string {
  return `${service}.newcomers`;
}

import type { ReadDocument } from "./text.ts";

/** Ends the name of what belongs to one bucket: a router, or a child of the newcomers' service. */
const BUCKET = /\.bucket-(\d+)$/;
/** Stands for all buckets of a route that leads to one variant. */
const ALL = "all";

/** The servers of a document by route and bucket. */
type Leads = ReadonlyMap<string, ReadonlyMap<string, ReadonlySet<string>>>;

/**
 * The servers that take visitors by a document who did not come to them by the one before, and those that are new in it.
 * A server that only loses visitors is none of them, nor one that the change does not touch.
 * @param before null where there was none
 */
export function gainingServers(before: ReadDocument | null, after: ReadDocument): ReadonlySet<string> {
  const known = new Set(before === null ? [] : serversOf(before));
  const had: Leads = before === null ? new Map() : leadsOf(before);
  const gaining = [...leadsOf(after)].flatMap(([route, buckets]) =>
    [...buckets].flatMap(([bucket, urls]) => [...urls].filter((url) => !led(had, route, bucket, url))),
  );
  return new Set([...serversOf(after).filter((url) => !known.has(url)), ...gaining]);
}

/** Whether a bucket of a route was led to a server. */
function led(leads: Leads, route: string, bucket: string, url: string): boolean {
  const buckets = leads.get(route);
  if (buckets === undefined) return false;
  if (bucket === ALL) return [...buckets.values()].every((urls) => urls.has(url));
  return [bucket, ALL].some((other) => buckets.get(other)?.has(url) === true);
}

function serversOf({ http }: ReadDocument): string[] {
  return Object.values(http.services).flatMap(({ loadBalancer }) => loadBalancer?.servers.map(({ url }) => url) ?? []);
}

function leadsOf({ http }: ReadDocument): Leads {
  const leads = new Map<string, Map<string, Set<string>>>();
  const follow = (route: string, bucket: string, name: string): void => {
    const service = http.services[name];
    const own = BUCKET.exec(name)?.[1] ?? bucket;
    for (const { url } of service?.loadBalancer?.servers ?? []) {
      const buckets = leads.get(route) ?? new Map<string, Set<string>>();
      leads.set(route, buckets.set(own, (buckets.get(own) ?? new Set()).add(url)));
    }
    for (const child of service?.weighted?.services ?? []) follow(route, own, child.name);
  };
  for (const [router, { service }] of Object.entries(http.routers)) follow(router.replace(BUCKET, ""), BUCKET.exec(router)?.[1] ?? ALL, service);
  return leads;
}

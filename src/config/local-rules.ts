import type { Catalog } from "../model/catalog.ts";
import type { Fault } from "../model/fault.ts";
import { type LocalTarget, WORKLOAD_PORTS } from "../model/target.ts";
import { unknownKey } from "./schema-faults.ts";

/** What no schema can say of the local target: a port for everything, and none twice. */
export function localFaults(catalog: Catalog, { port, adminPort, workloadPorts }: LocalTarget): Fault[] {
  const services = Object.keys(catalog.services);
  const faults = Object.keys(workloadPorts)
    .filter((service) => !services.includes(service))
    .map((service) => unknownKey(`local.workloadPorts.${service}`, service, services));
  const ranges = [
    { path: "local.port", first: port, last: port },
    { path: "local.adminPort", first: adminPort, last: adminPort },
  ];
  for (const [name, service] of Object.entries(catalog.services)) {
    const path = `local.workloadPorts.${name}`;
    const first = Object.hasOwn(workloadPorts, name) ? workloadPorts[name] : undefined;
    if (first === undefined) {
      faults.push({ path, found: "is missing", allowed: "a port", wayOut: `pulumi config set --path ${path} 21000` });
    } else {
      ranges.push({ path, first, last: first + (service.delivery === "env" ? WORKLOAD_PORTS : 1) - 1 });
    }
  }
  ranges.sort((a, b) => a.first - b.first);
  let widest = ranges[0];
  for (const range of ranges.slice(1)) {
    if (widest !== undefined && widest.last >= range.first) {
      faults.push({
        path: range.path,
        found: `begins at ${range.first}, inside ${widest.path} (${widest.first} to ${widest.last})`,
        allowed: `${widest.last + 1} or higher`,
        wayOut: `pulumi config set --path ${range.path} ${widest.last + 1}`,
      });
    }
    if (widest === undefined || range.last > widest.last) widest = range;
  }
  if (widest !== undefined && widest.last > 65_535) {
    faults.push({ path: widest.path, found: `reaches up to port ${widest.last}`, allowed: "ports up to 65535", wayOut: null });
  }
  return faults;
}

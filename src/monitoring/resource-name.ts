/**
 * How the names of resources that are monitoring begin, whatever the target. They are no part of what a rollback proves:
 * their texts also follow from the owners and limits of today's catalogue, and from the version of Sluice.
 */
const MONITORING_PREFIX = "monitoring/";

/** The logical name of a resource of a stage's monitoring. */
export function monitoringResource(part: string): string {
  return `${MONITORING_PREFIX}${part}`;
}

export function isMonitoringResource(name: string): boolean {
  return name.startsWith(MONITORING_PREFIX);
}

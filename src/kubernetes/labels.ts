/** Who makes the objects; by it they are found. */
export const MANAGED_BY = "sluice";
/** Field manager of everything that Sluice applies, the engine and a kill alike: so one does not take the other's fields. */
export const FIELD_MANAGER = "sluice";

/** On the Service of a variant: the flags that are on in it, joined by commas. */
export const FLAGS_ANNOTATION = "sluice/flags";
/** Label with the catalogue's service. */
export const SERVICE_LABEL = "app.kubernetes.io/name";
/** Label with the stage. */
export const STAGE_LABEL = "sluice/stage";
/** Label of pods with the name of the variant, for people: `kubectl get pods -L sluice/variant`. */
export const VARIANT_LABEL = "sluice/variant";
/** Label with the pods' workload. */
export const WORKLOAD_LABEL = "sluice/workload";

/** The labels of every object of a stage, by the conventions of Kubernetes. @param service null for what is not of one service */
export function labelsOf(stage: string, service: string | null): Record<string, string> {
  return {
    "app.kubernetes.io/managed-by": MANAGED_BY,
    "app.kubernetes.io/part-of": MANAGED_BY,
    "app.kubernetes.io/instance": stage,
    [STAGE_LABEL]: stage,
    ...(service === null ? {} : { [SERVICE_LABEL]: service }),
  };
}

/** Finds the objects of a stage. */
export function stageSelector(stage: string): string {
  return `app.kubernetes.io/managed-by=${MANAGED_BY},${STAGE_LABEL}=${stage}`;
}

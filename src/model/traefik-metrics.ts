/** Counts requests. Traefik has one of each for each service that has servers; a weighted service in front of it counts nothing. */
export const REQUESTS = "traefik_service_requests_total";
/** A histogram, with `_bucket`, `_count` and `_sum`. */
export const DURATIONS = "traefik_service_request_duration_seconds";
/** Traefik always has it: where it is missing, nothing is known of Traefik. */
export const SIGN_OF_LIFE = "traefik_config_reloads_total";

/** Matches the answers that `isFailure` counts. */
export const FAILURES = 'code=~"[5-9].."';

/** Whether an answer is a failure of who answers; a service may answer with statuses above those that HTTP names. */
export function isFailure(status: number): boolean {
  return status >= 500;
}

/** What happens while stages are served. */
export type ServeEvent =
  | { readonly kind: "serving"; readonly stage: string; readonly url: string; readonly admin: string }
  | { readonly kind: "started"; readonly stage: string; readonly workload: string; readonly pid: number }
  | { readonly kind: "stopped"; readonly stage: string; readonly workload: string }
  | { readonly kind: "failed"; readonly stage: string; readonly workload: string; readonly code: number | null; readonly retryIn: number }
  | { readonly kind: "unmanaged"; readonly stage: string; readonly workload: string }
  | { readonly kind: "output"; readonly stage: string; readonly workload: string; readonly line: string }
  | { readonly kind: "traefik-ended"; readonly stage: string; readonly code: number | null };

export type OnServeEvent = (event: ServeEvent) => void;

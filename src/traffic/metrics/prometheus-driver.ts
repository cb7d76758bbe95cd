import { PrometheusConnectionOptions, PrometheusDriver } from "prometheus-query";
import { z } from "zod";

const MOST_BYTES = 32 * 1024 * 1024;

type RequestConfig = Parameters<NonNullable<PrometheusConnectionOptions["requestInterceptor"]>["onFulfilled"]>[0];

/**
 * Asks Prometheus something; never throws.
 * @param timeout milliseconds until the whole answer must be there
 * @param ask gets the limit in Prometheus' own form too
 * @returns what the library made of the answer, still to be parsed; or why there is none
 */
export async function askPrometheus(
  address: string,
  timeout: number,
  ask: (driver: PrometheusDriver, timeoutText: string) => Promise<unknown>,
): Promise<{ readonly ok: true; readonly answer: unknown } | { readonly ok: false; readonly reason: string }> {
  const signal = AbortSignal.timeout(timeout);
  const options: PrometheusConnectionOptions = Object.assign(new PrometheusConnectionOptions(), {
    endpoint: address,
    timeout,
    requestInterceptor: {
      onFulfilled: (config: RequestConfig) => {
        // Without a time the server takes its own, which need not agree with ours.
        if (config.params instanceof URLSearchParams) config.params.delete("time");
        return Object.assign(config, { signal, maxContentLength: MOST_BYTES });
      },
    },
  });
  try {
    return { ok: true, answer: await ask(new PrometheusDriver(options), `${timeout}ms`) };
  } catch (error) {
    return { ok: false, reason: signal.aborted ? `Prometheus gives no answer within ${timeout} ms` : `Prometheus: ${failureText(error)}` };
  }
}

/** What an answer is in words that has another form than expected. */
export function otherForm(error: z.ZodError): string {
  const [issue] = error.issues;
  return `Prometheus answers in another form than expected: ${issue === undefined ? "" : `${issue.path.join(".")} must be ${issue.message}`}`;
}

/** What the library throws is an object of its own, an Error where an answer has another form than it expects. */
const NO_PROMETHEUS = new Set(["unexpected client error", "unexpected network error"]);
const failureSchema = z.object({ error: z.string().min(1) });

function failureText(error: unknown): string {
  const parsed = failureSchema.safeParse(error);
  if (parsed.success) return NO_PROMETHEUS.has(parsed.data.error) ? "what answers is something else" : parsed.data.error.slice(0, 300);
  return `the answer cannot be read (${error instanceof Error ? error.message.slice(0, 200) : "of another form than Prometheus gives"})`;
}

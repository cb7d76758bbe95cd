/** The library has no types of its own; what it gives is parsed before it is used. */
declare module "parse-prometheus-text-format" {
  export default function parsePrometheusTextFormat(text: string): unknown;
}

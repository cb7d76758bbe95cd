import parseDuration from "parse-duration";
import { z } from "zod";

/** Names of stages, services and routes: one DNS label without a double hyphen, which separates parts of derived names. */
export const label = z
  .string()
  .max(30)
  .regex(/^(?!constructor$)[a-z][a-z0-9]*(-[a-z0-9]+)*$/, "a lower-case name such as voice-api");
export const flagName = z
  .string()
  .max(60)
  .regex(/^(?!BASE$)[A-Z][A-Z0-9]*(_[A-Z0-9]+)*$/, "an environment-variable name such as MY_FLAG, other than BASE");
export const rule = z.string().min(1).describe("A Traefik 3 router rule, such as PathPrefix(`/voice`)");
export const priority = z.int().min(1).max(1_000_000).describe("Beats the default priority, the length of the rule");
export const port = z.int().min(1).max(65_535);

export const duration = z
  .string()
  .regex(/^\d{1,6}(ms|s|m|h|d)$/, "a duration such as 30s, 10m, 24h or 7d")
  .transform((text) => parseDuration(text) ?? 0);
export const address = z.string().regex(/^https?:\/\/\S+$/, "an address such as http://127.0.0.1:9090");
export const share = z.number().min(0).max(1);
/** What can be handed to a process. */
export const argument = z.string().refine((text) => !text.includes("\0"), "text without the character NUL");
/** A variable of a process's environment. */
export const environment = z.record(z.string().regex(/^[A-Za-z_][A-Za-z0-9_]*$/, "a variable's name such as LOG_LEVEL"), argument);
/** A path that is asked over HTTP; Traefik's file provider would take {{ for a template, and ${ is kept for secrets. */
export const path = z.string().regex(/^\/([\w.~!&'()*+,;=:@/?-]|%[0-9A-Fa-f]{2})*$/, "a path such as /healthz");

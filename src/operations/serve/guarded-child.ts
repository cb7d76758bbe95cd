import { type Child, startChild } from "./child.ts";

/** Runs a program that ends when our end of its standard input does, even where we were killed and could not end it. */
const GUARD = [
  "exec 3<&0",
  '"$@" </dev/null & program=$!',
  'trap "kill $program 2>/dev/null" TERM INT HUP',
  "{ cat <&3 >/dev/null; kill $program 2>/dev/null; } & watch=$!",
  "code=0",
  "while kill -0 $program 2>/dev/null; do wait $program; code=$?; done",
  "kill $watch 2>/dev/null",
  "exit $code",
].join("\n");

/** Starts a program that takes no notice of its standard input, and yet must end when we do. */
export function startGuardedChild(command: readonly string[], options: Parameters<typeof startChild>[1]): Child {
  return startChild(["/bin/sh", "-c", GUARD, "guard", ...command], options);
}

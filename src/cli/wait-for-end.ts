/**
 * Resolves with the reason on a signal; and when the process that started this one is gone, because `npx` does
 * not pass every signal on, unless it is to be kept: then a hang-up does not end it either.
 */
export function waitForEnd(keep: boolean): Promise<string> {
  return new Promise((resolve) => {
    for (const name of ["SIGINT", "SIGTERM"] as const) process.on(name, () => resolve(name));
    process.on("SIGHUP", () => {
      if (!keep) resolve("SIGHUP");
    });
    if (keep) return;
    const parent = process.ppid;
    setInterval(() => {
      if (process.ppid !== parent) resolve("the process that started it is gone; --keep goes on without it");
    }, 250).unref();
  });
}

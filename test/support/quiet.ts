import { afterEach, beforeEach, expect, vi } from "vitest";

/** Stray output is a fault of the code under test, or of the test. */
beforeEach(() => {
  for (const method of ["log", "warn", "error"] as const) vi.spyOn(console, method);
});
afterEach(() => {
  for (const method of ["log", "warn", "error"] as const) expect(vi.mocked(console[method])).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

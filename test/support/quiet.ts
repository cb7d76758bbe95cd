import { afterEach, beforeEach, expect, type MockInstance, vi } from "vitest";

/** Stray output is a fault of the code under test, or of the test. */
let spies: MockInstance[] = [];
beforeEach(() => {
  spies = (["log", "warn", "error"] as const).map((method) => vi.spyOn(console, method));
});
afterEach(() => {
  for (const spy of spies) expect(spy).not.toHaveBeenCalled();
  vi.restoreAllMocks();
});

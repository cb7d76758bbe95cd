import { defineConfig } from "vitest/config";

/** Suites that start an engine, a Traefik or both run one file after the other: they share two things, ports and patience. */
const real = { testTimeout: 120_000, hookTimeout: 120_000, fileParallelism: false, maxWorkers: 1, setupFiles: ["test/support/real.ts"] };

/** On a busy machine a simulation takes long; no test asserts how long. */
const quiet = { testTimeout: 60_000, setupFiles: ["test/support/quiet.ts"] };

export default defineConfig({
  test: {
    reporters: ["default", ["json", { outputFile: ".sluice/test-results.json" }]],
    projects: [
      { test: { name: "unit", include: ["test/unit/**/*.test.ts"], ...quiet } },
      { test: { name: "components", include: ["test/components/**/*.test.ts"], ...quiet } },
      { test: { name: "traefik", include: ["test/traefik/**/*.test.ts"], ...real, sequence: { groupOrder: 1 } } },
      { test: { name: "contract", include: ["test/contract/**/*.test.ts"], ...real, sequence: { groupOrder: 2 } } },
      { test: { name: "engine", include: ["test/engine/**/*.test.ts"], ...real, sequence: { groupOrder: 3 } } },
      { test: { name: "board", include: ["test/board/**/*.test.ts"], ...real, sequence: { groupOrder: 4 } } },
      { test: { name: "docs", include: ["test/docs/**/*.test.ts"], ...real, sequence: { groupOrder: 5 } } },
      { test: { name: "kubernetes", include: ["test/kubernetes/**/*.test.ts"], ...real, sequence: { groupOrder: 6 } } },
      { test: { name: "docker", include: ["test/docker/**/*.test.ts"], ...real, sequence: { groupOrder: 7 } } },
      { test: { name: "faults", include: ["test/faults/**/*.test.ts"], ...real, sequence: { groupOrder: 8 } } },
    ],
  },
});

import { defineConfig } from "vitest/config";

/**
 * Five projects, by what they need: `unit` needs nothing, `compat` time to replay all recordings of a kernel, `ipvsadm` root and more time for those of the tool,
 * `kernel` root and BPF, `cluster` the lab.
 * Unit tests share a process per core, which triples their speed: modules are loaded once, so none may keep state of its own.
 * Kernel and cluster tests run one file at a time: they share one kernel and the machine-wide lab lock.
 */
export default defineConfig({
  test: {
    projects: [
      {
        test: {
          name: "unit",
          include: [
            "packages/**/*.test.ts",
            "scripts/*.test.ts",
            "test/rules/*.test.ts",
            "test/lab/**/*.test.ts",
            "test/demo/**/*.test.ts",
            "test/simulation/**/*.test.ts",
          ],
          exclude: ["**/*.kernel.test.ts", "**/node_modules/**"],
          isolate: false,
          maxWorkers: "100%",
          // a deadline for busy machines, not a measure of speed
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "compat",
          include: ["test/compat/**/*.test.ts"],
          exclude: ["**/*.kernel.test.ts"],
          testTimeout: 60_000,
        },
      },
      {
        test: {
          name: "kernel",
          include: ["packages/**/*.kernel.test.ts", "test/differential/**/*.test.ts", "test/crash/*.test.ts"],
          fileParallelism: false,
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "ipvsadm",
          include: ["test/compat/**/*.kernel.test.ts"],
          pool: "forks",
          testTimeout: 60_000,
          hookTimeout: 60_000,
        },
      },
      {
        test: {
          name: "cluster",
          include: ["test/cluster/**/*.test.ts"],
          fileParallelism: false,
          pool: "forks",
          testTimeout: 120_000,
          hookTimeout: 120_000,
        },
      },
    ],
  },
});

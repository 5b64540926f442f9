import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["**/*.test.ts"],
    exclude: ["node_modules/**", ".countersign/**"],
    testTimeout: 30_000,
    hookTimeout: 60_000,
    // Two cores: PGlite and the Cedar engine are CPU-bound, more workers only contend.
    maxWorkers: 2,
  },
});

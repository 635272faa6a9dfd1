import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/terraform/*.test.ts"],
    globalSetup: ["test/support/build.ts", "test/terraform/setup.ts"],
    // Terraform waits more than it computes.
    maxWorkers: 2,
    // Generous: a slow machine is no fault, and providers are large.
    testTimeout: 600_000,
    hookTimeout: 600_000,
  },
});

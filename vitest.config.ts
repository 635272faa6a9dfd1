import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/build.ts",
    // Generous: a slow machine is no fault.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    silent: "passed-only",
    setupFiles: "aws-sdk-client-mock-vitest/extend",
  },
});

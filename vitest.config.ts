import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    globalSetup: "test/support/build.ts",
    // Generous: a slow machine is no fault.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // The functions log; `npx vitest run --silent=false` shows it.
    silent: true,
    setupFiles: "aws-sdk-client-mock-vitest/extend",
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/**/*.test.ts"],
    // They need Terraform and Python: `npm run test:terraform`.
    exclude: ["test/terraform/**", "test/stories/**"],
    globalSetup: "test/support/build.ts",
    // By default one core stays idle; most tests wait for git or a worker.
    maxWorkers: "100%",
    maxConcurrency: 4,
    // Generous: a slow machine is no fault.
    testTimeout: 120_000,
    hookTimeout: 120_000,
    // Powertools then logs through the console, which vitest keeps.
    env: { POWERTOOLS_DEV: "true" },
    // The functions log; `npx vitest run --silent=false` shows it.
    silent: true,
    setupFiles: "aws-sdk-client-mock-vitest/extend",
    reporters: ["default", "./test/support/slowest-tests.ts"],
  },
});

import { defineConfig } from "vitest/config";

export default defineConfig({
  test: {
    include: ["test/terraform/**/*.test.ts", "test/stories/**/*.test.ts"],
    globalSetup: ["test/support/build.ts", "test/terraform/support/setup.ts"],
    // Terraform mostly waits for AWS.
    maxWorkers: 4,
    // Generous: a slow machine is no fault, and providers are large.
    testTimeout: 600_000,
    hookTimeout: 600_000,
    provide: { targets: process.env.TERRAFORM_TARGETS?.split(",").filter(Boolean) ?? [] },
  },
});

import { join } from "node:path";
import type { TestProject } from "vitest/node";
import { complianceCommands, pythonCommands } from "../../../local/moto/python.ts";
import { Root } from "../../../local/terraform/root.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the commands of the Python environment. */
    commands: string;
    /** The path of terraform-compliance. */
    compliance: string;
    /** The names given to `npm run test:terraform`; empty for everything. */
    targets: string[];
  }
}

export default async function setup({ provide }: TestProject): Promise<void> {
  provide("commands", pythonCommands());
  provide("compliance", join(complianceCommands(), "terraform-compliance"));
  await Root.cacheProvider();
}

import type { TestProject } from "vitest/node";
import { pythonCommands } from "../../../local/moto/python.ts";
import { Root } from "../../../local/terraform/root.ts";

declare module "vitest" {
  interface ProvidedContext {
    /** The folder with the commands of the Python environment. */
    commands: string;
    /** The names given to `npm run test:terraform`; empty for everything. */
    targets: string[];
  }
}

export default async function setup({ provide }: TestProject): Promise<void> {
  provide("commands", pythonCommands());
  await Root.cacheProvider();
}

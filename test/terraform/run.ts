import { existsSync } from "node:fs";
import { join } from "node:path";
import { createCLI } from "vitest/node";
import { STORIES, targetsOf } from "../../scripts/terraform-files.ts";

// npm run test:terraform -- [NAME...] [options of vitest]

const repository = join(import.meta.dirname, "..", "..");
/** They have no Terraform files of their own. */
const OTHERS: Readonly<Record<string, string>> = {
  [STORIES]: "test/stories/",
  stages: "test/terraform/stages/",
  pages: "test/terraform/pages/",
  cli: "test/terraform/cli/",
};
const targets = [...targetsOf(repository).keys(), ...Object.keys(OTHERS)];
const isTestFile = (name: string) => name.endsWith(".test.ts") && existsSync(join(repository, name));

const cli = createCLI();
try {
  const { args: names, options } = cli.parse(["node", "vitest", "run", ...process.argv.slice(2)], { run: false });
  const unknown = names.find((name) => !targets.includes(name) && !isTestFile(name));
  if (unknown !== undefined)
    throw new Error(
      `There are no tests of ${JSON.stringify(unknown)}. Name a test file, or one or more of: ${targets.join(", ")}`,
    );
  cli.args = names.flatMap((name) =>
    isTestFile(name) ? [name] : (OTHERS[name] ?? [`test/terraform/${name}/`, "test/terraform/files.test.ts"]),
  );
  options.config = "test/terraform/vitest.config.ts";
  process.env.TERRAFORM_TARGETS = names.filter((name) => targets.includes(name)).join(",");
  await cli.runMatchedCommand();
} catch (error) {
  console.error(error instanceof Error ? error.message : error);
  process.exitCode = 2;
}

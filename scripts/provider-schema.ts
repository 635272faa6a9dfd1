import { execFileSync } from "node:child_process";
import { globSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { parseArgs } from "node:util";
import * as z from "zod";
import { awsTypesOf, readHcl } from "./hcl.ts";
import { membersOfType } from "./provider-bindings.ts";
import type { Members, ProviderSchema } from "./schema-v6.ts";
import { productFiles } from "./terraform-files.ts";

// Writes test/terraform/schema-v6.json: what the newest version 6 of the AWS provider knows of the types that our
// Terraform files use. Terraform itself prints a schema only with the provider at hand, and the tests may have version
// 5.100 alone. The bindings for CDK Terrain are generated from the schema, and a package of npm has them:
// `node scripts/provider-schema.ts [PACKAGE.tgz]`. The package is downloaded unless it is given.

const PACKAGE = "@cdktn/provider-aws";
const FILE = "test/terraform/schema-v6.json";

const { positionals } = parseArgs({ allowPositionals: true });
const folder = mkdtempSync(join(tmpdir(), "palisade schema-"));
process.on("exit", () => rmSync(folder, { recursive: true }));

const files = await Promise.all(productFiles(".").map(readHcl));
const nameOf = (type: string) => type.slice("aws_".length).replaceAll("_", "-");
const resources = awsTypesOf(files, "resource").map((type) => ({ type, bindings: `lib/${nameOf(type)}` }));
const data = awsTypesOf(files, "data").map((type) => ({ type, bindings: `lib/data-aws-${nameOf(type)}` }));

const wanted = ["package.json", "README.md", ...[...resources, ...data].map(({ bindings }) => bindings)];
execFileSync(
  "tar",
  ["-xzf", positionals[0] ?? download(), "-C", folder, ...wanted.map((name) => join("package", name))],
  { stdio: "inherit" },
);

const { version } = z.object({ version: z.string() }).parse(JSON.parse(textOf("package.json")));
const [, provider] = /^# .* version (6\.[\d.]+)$/m.exec(textOf("README.md")) ?? [];
if (provider === undefined) throw new Error("The package has no bindings of version 6 of the provider.");
const schema: ProviderSchema = {
  from: `hashicorp/aws ${provider}, by way of ${PACKAGE} ${version}`,
  resource: schemaOf(resources),
  data: schemaOf(data),
};
writeFileSync(FILE, `${JSON.stringify(schema, null, 2)}\n`);
console.log(`${FILE}: ${resources.length} resources and ${data.length} data sources of ${schema.from}`);

/** With its tag: without one, npm takes an older version where the newest asks for a newer Node. */
function download(): string {
  const pack = ["pack", "--silent", "--pack-destination", folder, `${PACKAGE}@latest`];
  return join(folder, execFileSync("npm", pack, { encoding: "utf8" }).trim());
}

/** The text of all files of the package that a pattern matches. */
function textOf(pattern: string): string {
  const names = globSync(pattern, { cwd: join(folder, "package") }).sort();
  return names.map((name) => readFileSync(join(folder, "package", name), "utf8")).join("\n");
}

function schemaOf(types: readonly { type: string; bindings: string }[]): Record<string, Members> {
  return Object.fromEntries(
    types.map(({ type, bindings }) => [
      type,
      membersOfType(type, textOf(`${bindings}/**/*.js`), textOf(`${bindings}/**/*.d.ts`)),
    ]),
  );
}

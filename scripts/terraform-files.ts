import { execFileSync } from "node:child_process";
import { globSync } from "node:fs";
import { basename, dirname, relative } from "node:path";

/**
 * Whether a deployment leaves this file in a checkout: the backend, variables, the folder and lock file of `terraform init`, a state.
 * Tests must not read these files: they belong to an AWS account.
 */
export const isOfDeployment = (path: string): boolean =>
  /^(backend\.tf|\.terraform.*|.*\.tfvars.*|.*\.tfstate.*)$/.test(basename(path));

/** The Terraform files of a repository, without what a deployment leaves in it. Paths start at the repository. */
export const terraformFiles = (repository: string): string[] =>
  execFileSync(
    "git",
    ["ls-files", "--cached", "--others", "--exclude-standard", "*.tf", "*.tftest.hcl", "*.tfmock.hcl"],
    {
      cwd: repository,
      encoding: "utf8",
    },
  )
    .trim()
    .split("\n")
    .filter((file) => !isOfDeployment(file));

/**
 * The Terraform files that users deploy, copy or get from rule-exporter. Paths start at the repository. Fixtures of sample guardrails
 * are none: half of them break the guardrails.
 */
export const productFiles = (repository: string): string[] =>
  terraformFiles(repository).filter((file) => !/^(local|test|terraform\/guardrails\/samples)\//.test(file));

/** The roots of a repository, such as `egress`: the folders directly below `terraform` with a `provider.tf`. */
export const rootsOf = (repository: string): string[] =>
  globSync("terraform/*/provider.tf", { cwd: repository })
    .map((file) => basename(dirname(file)))
    .sort();

/** The modules of a repository, such as `modules/event-processor`. */
export const modulesOf = (repository: string): string[] =>
  globSync("terraform/modules/*/versions.tf", { cwd: repository })
    .map((file) => relative("terraform", dirname(file)))
    .sort();

/** The name that `npm run test:terraform -- NAME` takes for the stories, which have no Terraform files of their own. */
export const STORIES = "stories";

/** The names that `npm run test:terraform -- NAME` takes, with the folders of their Terraform files. */
export const targetsOf = (repository: string): Map<string, string> =>
  new Map([
    ...[...rootsOf(repository), ...modulesOf(repository)].map((name): [string, string] => [name, `terraform/${name}`]),
    ...globSync("functions/*/templates/*.tf", { cwd: repository })
      .map(dirname)
      .sort()
      .map((folder): [string, string] => [basename(dirname(folder)), folder]),
  ]);

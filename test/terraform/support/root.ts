import { writeFileSync } from "node:fs";
import { join } from "node:path";
import * as terraform from "../../../local/terraform/root.ts";
import { zip } from "../../../shared/zip.ts";

/** A resource, as `terraform show -json` has it. */
export interface Resource {
  address: string;
  type: string;
  name: string;
  index?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has values of its own.
  values: Record<string, any>;
}

interface Plan {
  resource_changes?: { address: string; mode: string; change: { actions: string[] } }[];
}

/** A temporary folder with Terraform files, and what tests ask of it. */
export class Root extends terraform.Root {
  /** Applies, and returns what `terraform apply -json` did, in order: `start` and `complete` of each address. */
  async apply(...args: string[]): Promise<string[]> {
    const output = await this.run("apply", ["-auto-approve", "-json", ...args]);
    return output
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line): { type: string; hook?: { resource: { addr: string } } } => JSON.parse(line))
      .filter(({ type }) => type.startsWith("apply_"))
      .map(({ type, hook }) => `${type.slice("apply_".length)} ${hook?.resource.addr}`);
  }

  /** What an apply would do: `create`, `update`, `delete` or `delete create`, and the address. */
  async changes(...args: string[]): Promise<string[]> {
    await this.run("plan", ["-out=planned", ...args]);
    const { resource_changes = [] }: Plan = JSON.parse(await this.run("show", ["-json", "planned"]));
    return resource_changes
      .filter(({ mode, change }) => mode === "managed" && change.actions[0] !== "no-op")
      .map(({ address, change }) => `${change.actions.join(" ")} ${address}`);
  }

  /** The resources that were applied. */
  async resources(): Promise<Resource[]> {
    const { values } = JSON.parse(await this.run("show", ["-json"]));
    const { resources = [], child_modules = [] } = values?.root_module ?? {};
    return [...resources, ...child_modules.flatMap((module: { resources: Resource[] }) => module.resources)];
  }

  /** Errors and warnings of `terraform validate`. */
  async diagnostics(): Promise<unknown[]> {
    return JSON.parse(await this.run("validate", ["-json"])).diagnostics;
  }

  /** Runs a `*.tftest.hcl` of `test/terraform` with the provider of `support/mock-aws`. Returns how many of its runs passed. */
  async test(path: string): Promise<number> {
    this.add(path);
    this.add("support/mock-aws");
    const output = await this.run("test", ["-no-color"]);
    const [, passed] = /^Success! (\d+) passed, 0 failed\.$/m.exec(output) ?? [];
    return Number(passed);
  }

  /** Destroys all resources. Returns the addresses of those that are left. */
  async destroy(...args: string[]): Promise<string> {
    // Each test has planned before, so the state is fresh.
    await this.run("destroy", ["-auto-approve", "-refresh=false", ...args]);
    return this.run("state", ["list"]);
  }
}

/** A root with a zip of stages of its own, `programs.zip`: the tests need none that is built. */
export function rootWithPrograms(name: string): Root {
  const root = Root.of(name);
  writeFileSync(join(root.folder, "programs.zip"), zip({ "plan/index.mjs": Buffer.from("// made up\n") }));
  return root;
}

/** The values of the resource with an address. */
export function valuesAt(resources: readonly Resource[], address: string): Resource["values"] {
  const found = resources.find((resource) => resource.address === address);
  if (!found) throw new Error(`There is no ${address}.`);
  return found.values;
}

/** The values of a resource, such as `aws_lambda_function.rule`, for a rule. */
export function valuesOf(resources: readonly Resource[], resource: string, rule: string): Resource["values"] {
  const found = resources.find(({ type, name, index }) => `${type}.${name}` === resource && index === rule);
  if (!found) throw new Error(`There is no ${resource} of ${rule}.`);
  return found.values;
}

interface Statement {
  Effect: string;
  Action: string | string[];
  Resource: string;
  Condition?: object;
}

/** The statements of a policy, by their sids. */
export const statementsOf = (policy: string): Record<string, Statement> =>
  Object.fromEntries(JSON.parse(policy).Statement.map((statement: { Sid: string }) => [statement.Sid, statement]));

/** A policy in short: the sid of each statement, with actions, resources and conditions. */
export const inShort = (policy: string) =>
  Object.fromEntries(
    Object.entries(statementsOf(policy)).map(([sid, statement]) => {
      const { Effect, Action, Resource, Condition } = statement;
      return [
        sid,
        {
          ...(Effect === "Deny" && { denies: true }),
          actions: [Action].flat().sort(),
          on: [Resource].flat().sort(),
          ...(Condition !== undefined && { if: Condition }),
        },
      ];
    }),
  );

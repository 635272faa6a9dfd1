import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isOfDeployment } from "../../../scripts/terraform-files.ts";

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

const TESTS = join(import.meta.dirname, "..");
const REPOSITORY = join(TESTS, "..", "..");

/** The environment without the user's AWS account, and without the settings that change what Terraform does. */
const env = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name === "TF_CLI_CONFIG_FILE" || !/^(AWS|TF)_/.test(name)),
  ),
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: "true",
  CHECKPOINT_DISABLE: "true",
  TF_IN_AUTOMATION: "true",
  // The provider has 700 MB: one copy for all roots.
  TF_PLUGIN_CACHE_DIR: join(TESTS, ".terraform", "plugins"),
  TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "true",
  // Each run reads the schema of the whole provider. With fewer garbage collections, that takes two thirds of the CPU time.
  GOGC: "400",
};

/** A temporary folder with Terraform files. */
export class Root {
  readonly #temporary = mkdtempSync(join(tmpdir(), "palisade root-"));
  readonly folder: string;
  /** Nobody listens there: without moto, every call to AWS fails. */
  #aws = "http://127.0.0.1:1";

  constructor(name = "root") {
    this.folder = join(this.#temporary, name);
    mkdirSync(this.folder, { recursive: true });
  }

  /** A copy of a folder below `terraform`, such as `egress`, with the modules, zips and event patterns that it uses. */
  static of(name: string, repository = REPOSITORY): Root {
    const root = new Root(join("terraform", name));
    for (const folder of ["terraform", "dist", "functions"])
      cpSync(join(repository, folder), join(root.#temporary, folder), {
        recursive: true,
        filter: (path) => !isOfDeployment(path),
      });
    return root;
  }

  /** Runs Terraform. Returns its standard output, or its standard error where a failure is expected. */
  run(command: string, args: readonly string[] = [], expected = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { cwd: this.folder, env: { ...env, AWS_ENDPOINT_URL: this.#aws }, maxBuffer: 100_000_000 };
      execFile("terraform", [command, ...args], options, (error, stdout, stderr) => {
        const code = error ? error.code : 0;
        if (code === expected) resolve(expected === 0 ? stdout : stderr);
        else reject(new Error(`terraform ${command}: ${code ?? error?.message}\n${stdout.slice(-20_000)}${stderr}`));
      });
    });
  }

  /** Copies a file or folder of `test/terraform` into the root. */
  add(path: string): void {
    cpSync(join(TESTS, path), join(this.folder, basename(path)), { recursive: true });
  }

  /** Leaves out what moto lacks: `test/terraform/<name>/overrides` say what that is. A module is named as `modules/…`. */
  override(...names: string[]): void {
    for (const name of names)
      cpSync(
        join(TESTS, name, "overrides"),
        name.startsWith("modules/") ? join(this.folder, "..", name) : this.folder,
        {
          recursive: true,
        },
      );
  }

  /** Sets variables. */
  give(variables: object): void {
    writeFileSync(join(this.folder, "given.auto.tfvars.json"), JSON.stringify(variables));
  }

  /**
   * Sends all calls of the AWS provider, to whichever service, to the address of moto.
   *
   * @param endpoints addresses of services that something else serves, as the provider names them
   */
  useMoto(aws: string, region: string, endpoints: Record<string, string> = {}): void {
    this.#aws = aws;
    const provider = {
      region,
      access_key: "made-up",
      secret_key: "made-up",
      // On a busy machine, the connection to moto sometimes breaks.
      max_retries: 3,
      s3_use_path_style: true,
      skip_credentials_validation: true,
      skip_metadata_api_check: true,
      endpoints,
    };
    const name = existsSync(join(this.folder, "provider.tf")) ? "provider_override.tf.json" : "provider.tf.json";
    writeFileSync(join(this.folder, name), JSON.stringify({ provider: { aws: provider } }));
  }

  /** Initializes a root whose backend is a bucket of moto. */
  initWithBackend(expected = 0): Promise<string> {
    const settings = `
      access_key                  = "made-up"
      secret_key                  = "made-up"
      use_path_style              = true
      skip_credentials_validation = true
      skip_metadata_api_check     = true
      skip_requesting_account_id  = true
      endpoints                   = { s3 = "${this.#aws}" }
    `;
    writeFileSync(join(this.folder, "moto.tfbackend"), settings);
    return this.run("init", ["-backend-config=moto.tfbackend"], expected);
  }

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

  remove(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

/** The values of a resource, such as `aws_lambda_function.rule`, for a rule. */
export function valuesOf(resources: readonly Resource[], resource: string, rule: string): Resource["values"] {
  const found = resources.find(({ type, name, index }) => `${type}.${name}` === resource && index === rule);
  if (!found) throw new Error(`There is no ${resource} of ${rule}.`);
  return found.values;
}

/** The statements of a policy, by their sids. */
export const statementsOf = (policy: string): Record<string, { Action: string | string[]; Resource: string }> =>
  Object.fromEntries(JSON.parse(policy).Statement.map((statement: { Sid: string }) => [statement.Sid, statement]));

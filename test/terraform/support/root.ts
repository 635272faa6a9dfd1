import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { inject } from "vitest";

/** A resource, as `terraform show -json` has it. */
export interface Resource {
  address: string;
  type: string;
  name: string;
  index?: string;
  // biome-ignore lint/suspicious/noExplicitAny: each type has values of its own.
  values: Record<string, any>;
}

/** The environment without settings of a real AWS account. */
const env = {
  ...Object.fromEntries(Object.entries(process.env).filter(([name]) => !/^(AWS|TF_VAR)_/.test(name))),
  CHECKPOINT_DISABLE: "true",
  TF_IN_AUTOMATION: "true",
  // The provider has 700 MB: one copy for all roots.
  TF_PLUGIN_CACHE_DIR: join(import.meta.dirname, ".terraform", "plugins"),
  TF_PLUGIN_CACHE_MAY_BREAK_DEPENDENCY_LOCK_FILE: "true",
};

const REPOSITORY = join(import.meta.dirname, "..", "..");

/** A folder with Terraform files. */
export class Root {
  readonly #temporary = mkdtempSync(join(tmpdir(), "palisade root-"));
  readonly folder: string;

  constructor(name = "root") {
    this.folder = join(this.#temporary, name);
    mkdirSync(this.folder, { recursive: true });
  }

  /** A copy of a folder below `terraform`, such as `egress`, with the modules and zips that it uses. */
  static of(name: string): Root {
    const root = new Root(join("terraform", name));
    const leaveOut = /\/(\.terraform|[^/]*tfstate[^/]*)$/;
    for (const folder of ["terraform", "dist"])
      cpSync(join(REPOSITORY, folder), join(root.#temporary, folder), {
        recursive: true,
        filter: (path) => !leaveOut.test(path),
      });
    return root;
  }

  /** Runs Terraform, for what it writes; fails where it does, unless with the exit code that is expected: then why. */
  run(command: string, args: readonly string[] = [], expected = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = { cwd: this.folder, env, maxBuffer: 100_000_000 };
      execFile("terraform", [command, ...args], options, (error, stdout, stderr) => {
        const code = error ? error.code : 0;
        if (code === expected) resolve(expected === 0 ? stdout : stderr);
        else reject(new Error(`terraform ${command}: ${code ?? error?.message}\n${stdout.slice(-20_000)}${stderr}`));
      });
    });
  }

  /** Takes a file of this folder in. */
  add(name: string, as: string = name): void {
    cpSync(join(import.meta.dirname, name), join(this.folder, as));
  }

  /** Sets variables. */
  give(variables: object): void {
    writeFileSync(join(this.folder, "given.auto.tfvars.json"), JSON.stringify(variables));
  }

  /** Has moto for AWS. */
  useMoto(region: string): void {
    const services = [
      ...[
        "cloudwatch",
        "cloudwatchlogs",
        "configservice",
        "dynamodb",
        "ec2",
        "iam",
        "kms",
        "lambda",
        "networkfirewall",
      ],
      ...["s3", "scheduler", "sns", "sqs", "ssm", "sts"],
    ];
    const provider = {
      region,
      access_key: "made-up",
      secret_key: "made-up",
      max_retries: 1,
      s3_use_path_style: true,
      skip_credentials_validation: true,
      skip_metadata_api_check: true,
      endpoints: Object.fromEntries(services.map((service) => [service, inject("aws")])),
    };
    const name = existsSync(join(this.folder, "provider.tf")) ? "provider_override.tf.json" : "provider.tf.json";
    writeFileSync(join(this.folder, name), JSON.stringify({ provider: { aws: provider } }));
  }

  /** Has moto for the S3 of its backend. */
  initWithBackend(expected = 0): Promise<string> {
    const settings = `
      access_key                  = "made-up"
      secret_key                  = "made-up"
      use_path_style              = true
      skip_credentials_validation = true
      skip_metadata_api_check     = true
      skip_requesting_account_id  = true
      endpoints                   = { s3 = "${inject("aws")}" }
    `;
    writeFileSync(join(this.folder, "moto.tfbackend"), settings);
    return this.run("init", ["-backend-config=moto.tfbackend"], expected);
  }

  /** What `terraform apply -json` did, in order: `start` and `complete` of each address. */
  async apply(...args: string[]): Promise<string[]> {
    const output = await this.run("apply", ["-auto-approve", "-json", ...args]);
    return output
      .split("\n")
      .filter((line) => line.startsWith("{"))
      .map((line): { type: string; hook?: { resource: { addr: string } } } => JSON.parse(line))
      .filter(({ type }) => type.startsWith("apply_"))
      .map(({ type, hook }) => `${type.slice("apply_".length)} ${hook?.resource.addr}`);
  }

  /** What there is, once applied. */
  async resources(): Promise<Resource[]> {
    const { values } = JSON.parse(await this.run("show", ["-json"]));
    const { resources = [], child_modules = [] } = values?.root_module ?? {};
    return [...resources, ...child_modules.flatMap((module: { resources: Resource[] }) => module.resources)];
  }

  remove(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

/** What a resource, such as `aws_lambda_function.rule`, has for a rule. */
export function valuesOf(resources: readonly Resource[], resource: string, rule: string): Resource["values"] {
  const found = resources.find(({ type, name, index }) => `${type}.${name}` === resource && index === rule);
  if (!found) throw new Error(`There is no ${resource} of ${rule}.`);
  return found.values;
}

/** The statements of a policy, by their sids. */
export const statementsOf = (policy: string): Record<string, { Action: string | string[]; Resource: string }> =>
  Object.fromEntries(JSON.parse(policy).Statement.map((statement: { Sid: string }) => [statement.Sid, statement]));

import { execFile } from "node:child_process";
import { cpSync, existsSync, mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { devNull, tmpdir } from "node:os";
import { basename, join } from "node:path";
import { isOfDeployment } from "../../scripts/terraform-files.ts";

const REPOSITORY = join(import.meta.dirname, "..", "..");
const TESTS = join(REPOSITORY, "test", "terraform");

/** The provider has 700 MB: one copy for all roots. */
const PLUGINS = join(TESTS, ".terraform", "plugins");

/** The environment of Terraform without the user's AWS account, and without the settings that change what it does. */
export const terraformEnvironment = {
  ...Object.fromEntries(
    Object.entries(process.env).filter(([name]) => name === "TF_CLI_CONFIG_FILE" || !/^(AWS|TF)_/.test(name)),
  ),
  AWS_CONFIG_FILE: devNull,
  AWS_SHARED_CREDENTIALS_FILE: devNull,
  AWS_EC2_METADATA_DISABLED: "true",
  CHECKPOINT_DISABLE: "true",
  TF_IN_AUTOMATION: "true",
  TF_PLUGIN_CACHE_DIR: PLUGINS,
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

  /** A copy of a folder below `terraform`, such as `egress`, with the modules, zips and files of functions and stages that it uses. */
  static of<Made extends Root>(this: new (name: string) => Made, name: string, repository = REPOSITORY): Made {
    const root = new this(join("terraform", name));
    for (const folder of ["terraform", "dist", "functions", "stages"])
      if (existsSync(join(repository, folder)))
        cpSync(join(repository, folder), join(root.#temporary, folder), {
          recursive: true,
          filter: (path) => !isOfDeployment(path),
        });
    return root;
  }

  /** Puts the provider where all roots take it from. Two runs of Terraform must not put it there at once. */
  static async cacheProvider(): Promise<void> {
    mkdirSync(PLUGINS, { recursive: true });
    const root = Root.of("bootstrap");
    await root.run("init");
    root.remove();
  }

  /** Runs Terraform. Returns its standard output, or its standard error where a failure is expected. */
  run(command: string, args: readonly string[] = [], expected = 0): Promise<string> {
    return new Promise((resolve, reject) => {
      const options = {
        cwd: this.folder,
        env: { ...terraformEnvironment, AWS_ENDPOINT_URL: this.#aws },
        maxBuffer: 100_000_000,
      };
      execFile("terraform", [command, ...args], options, (error, stdout, stderr) => {
        const code = error ? error.code : 0;
        if (code === expected) resolve(expected === 0 ? stdout : stderr);
        else reject(new Error(`terraform ${command}: ${code ?? error?.message}\n${stderr}${stdout.slice(-20_000)}`));
      });
    });
  }

  /** Copies a file or folder of `test/terraform` into the root. */
  add(path: string): void {
    cpSync(join(TESTS, path), join(this.folder, basename(path)), { recursive: true });
  }

  /** Leaves out what moto lacks: `test/terraform/<name>/overrides` say what that is. A module is named as `modules/…`. */
  override(...names: string[]): void {
    for (const name of names) this.overrideWith(join(TESTS, name, "overrides"), name);
  }

  /** Lays the files of a folder over the files of the root, or of a module named as `modules/…`. */
  overrideWith(folder: string, name: string): void {
    cpSync(folder, name.startsWith("modules/") ? join(this.folder, "..", name) : this.folder, { recursive: true });
  }

  /** Sets variables. */
  give(variables: object): void {
    writeFileSync(join(this.folder, "given.auto.tfvars.json"), JSON.stringify(variables));
  }

  /**
   * Sends all calls of the AWS provider, to whichever service, to the address of moto.
   *
   * @param endpoints addresses of services that something else serves, as the provider names them
   * @param credentials of a role, so that everything is made in its account
   */
  useMoto(
    aws: string,
    region: string,
    endpoints: Record<string, string> = {},
    credentials = { AccessKeyId: "made-up", SecretAccessKey: "made-up", Token: "made-up" },
  ): void {
    this.#aws = aws;
    const provider = {
      region,
      access_key: credentials.AccessKeyId,
      secret_key: credentials.SecretAccessKey,
      token: credentials.Token,
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

  remove(): void {
    rmSync(this.#temporary, { recursive: true, force: true });
  }
}

import { createHash } from "node:crypto";
import { zip } from "../../shared/zip.ts";
import { codeOf, isMisleading, MAX_CODE_BYTES, type RuleFolder } from "./code-package.ts";
import { PARAMETERS_FILE, type Parameters, readParameters } from "./parameters-file.ts";
import { type Problem, reporter } from "./problem.ts";
import { remediationOf } from "./remediation.ts";
import { nameWithin } from "./resource-name.ts";
import { plainRuntime, runtimeFault } from "./runtime.ts";

/** How rules are to be exported; what `rdk export` knows has its names. */
export interface ExportOptions {
  /** Such as `2026-11-23`. */
  today: string;
  organization: boolean;
  runtime?: string;
  lambdaTimeout?: number;
  lambdaRoleArn?: string;
  lambdaRoleName?: string;
  lambdaLayers: readonly string[];
  lambdaSubnets: readonly string[];
  lambdaSecurityGroups: readonly string[];
  rdklibLayerArn?: string;
}

export type RuleKind = "custom" | "managed" | "guard";

/** A rule as Terraform gets it: the value of the variable `rule`, and one of those in `rules`. */
export type RuleEntry = Readonly<Record<string, unknown>> & {
  kind: RuleKind;
  function?: Readonly<Record<string, unknown>> & { name: string };
};

/** A rule that was read: what Terraform needs, or what keeps it from that. */
export interface ReadRule {
  name: string;
  kind: RuleKind;
  ruleSets: readonly string[];
  /** Undefined where a problem is an error. */
  entry: RuleEntry | undefined;
  /** The code of a custom rule. */
  code: Uint8Array | undefined;
  problems: Problem[];
}

// Limits of Config and Lambda. https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html
const MAX_NAME = 128;
/** https://docs.aws.amazon.com/config/latest/APIReference/API_OrganizationConfigRule.html */
const ORGANIZATION_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const MAX_DESCRIPTION = 256;
const MAX_INPUT_PARAMETERS = 1_024;
const MAX_RESOURCE_TYPES = 100;
const MAX_POLICY = 10_000;
const MAX_TAGS = 50;
const MAX_FUNCTION_NAME = 64;
const MAX_LAYERS = 5;
/** https://docs.aws.amazon.com/lambda/latest/api/API_CreateFunction.html */
const HANDLER = /^\S{1,128}$/;
/** https://docs.aws.amazon.com/lambda/latest/dg/gettingstarted-limits.html */
const MAX_ZIP_BYTES = 52_428_800;

/** Says where Terraform takes a rule's zip from, by the name of the rule and the SHA-256 of the zip (hex). */
export type Locate = (name: string, sha256: string) => { file: string } | { key: string };

/**
 * Reads a rule of the RDK, with all that is wrong with it.
 */
export function readRule(folder: RuleFolder, options: ExportOptions, locate: Locate): ReadRule {
  const { name } = folder;
  const problems = [...folder.problems];
  const bytes = folder.files.get(PARAMETERS_FILE);
  if (!bytes) reporter(problems, PARAMETERS_FILE).error([], "is missing: a rule of the RDK has one.");
  const parameters = bytes && readParameters(bytes, problems);
  if (!parameters) return { name, kind: "custom", ruleSets: [], entry: undefined, code: undefined, problems };

  const kind = kindOf(parameters);
  const common = commonOf(folder, parameters, kind, options, problems);
  const packed = kind === "custom" ? packageOf(folder, problems) : undefined;
  const special = {
    managed: () => ({ identifier: parameters.SourceIdentifier }),
    guard: () => ({ policy: policyOf(folder, parameters, problems) }),
    custom: () => ({
      function: {
        ...functionOf(folder, parameters, options, problems),
        ...(packed && { code: codeEntry(name, packed, locate) }),
      },
    }),
  }[kind]();
  const broken = problems.some(({ severity }) => severity === "error");
  return {
    name,
    kind,
    ruleSets: parameters.RuleSets ?? [],
    entry: broken ? undefined : { kind, ...common, ...special },
    code: broken ? undefined : packed,
    problems,
  };
}

function codeEntry(name: string, packed: Uint8Array, locate: Locate) {
  const sha256 = createHash("sha256").update(packed).digest();
  return { ...locate(name, sha256.toString("hex")), sha256: sha256.toString("base64") };
}

function kindOf({ SourceIdentifier, SourceRuntime = "" }: Parameters): RuleKind {
  if (SourceIdentifier !== undefined) return "managed";
  return SourceRuntime.startsWith("guard-") ? "guard" : "custom";
}

/** What rules of every kind have. */
function commonOf(
  folder: RuleFolder,
  parameters: Parameters,
  kind: RuleKind,
  options: ExportOptions,
  problems: Problem[],
) {
  const { name } = folder;
  const { error, warn } = reporter(problems, PARAMETERS_FILE);
  const { RuleName, Description = name, SourceEvents = [], SourcePeriodic, EvaluationMode = "DETECTIVE" } = parameters;
  const { ExcludedAccounts = [], Tags, InputParameters = {}, OptionalParameters = {} } = parameters;

  if (name.trim() === "" || name.length > MAX_NAME)
    error([], `The name of the folder is that of the rule, and has 1 to ${MAX_NAME} characters: rename it.`);
  if (options.organization && !ORGANIZATION_NAME.test(name))
    error(
      [],
      "The name of the folder is that of the rule, and in an organization has 1 to 64 of A-Z, a-z, 0-9, _ and -.",
    );
  if (RuleName !== undefined && RuleName !== name)
    warn(["Parameters", "RuleName"], `differs from the name of the folder, ${name}, which is that of the rule.`);
  if (Description.length > MAX_DESCRIPTION)
    error(["Parameters", "Description"], `has ${Description.length} characters; Config takes ${MAX_DESCRIPTION}.`);

  // As the RDK does it: optional parameters that are empty, zero or false are left out, the others win.
  const given = Object.entries(OptionalParameters).filter(([, value]) => !isEmpty(value));
  const input = { ...InputParameters, ...Object.fromEntries(given) };
  const inputParameters = Object.keys(input).length === 0 ? undefined : JSON.stringify(input);
  if (inputParameters !== undefined && inputParameters.length > MAX_INPUT_PARAMETERS)
    error(
      ["Parameters", "InputParameters"],
      `come to ${inputParameters.length} characters of JSON; Config takes ${MAX_INPUT_PARAMETERS}.`,
    );

  const resourceTypes = SourceEvents.includes("ALL") ? [] : SourceEvents;
  const unlike = resourceTypes.filter((type) => !/^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+$/.test(type));
  if (unlike.length > 0)
    error(
      ["Parameters", "SourceEvents"],
      `${unlike.join(", ")}: write resource types such as AWS::S3::Bucket, or ALL.`,
    );
  if (resourceTypes.length > MAX_RESOURCE_TYPES)
    error(["Parameters", "SourceEvents"], `names ${resourceTypes.length} types; Config takes ${MAX_RESOURCE_TYPES}.`);

  const changes = SourceEvents.length > 0;
  const periodic = SourcePeriodic !== undefined;
  if (kind === "custom" && !changes && !periodic)
    error(["Parameters"], "has neither SourceEvents nor SourcePeriodic, so the rule would never run.");
  if (kind === "guard" && (!changes || periodic))
    error(["Parameters"], "A Guard rule runs on changes only: it needs SourceEvents, and no SourcePeriodic.");
  const triggers = [
    // A change whose configuration item is too large for a message comes by the second kind.
    ...(changes && kind !== "managed"
      ? ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]
      : []),
    ...(periodic && kind === "custom" ? ["ScheduledNotification"] : []),
  ];

  const modes = EvaluationMode === "BOTH" ? ["DETECTIVE", "PROACTIVE"] : [EvaluationMode];
  if (modes.includes("PROACTIVE") && resourceTypes.length === 0)
    error(["Parameters", "EvaluationMode"], "PROACTIVE needs resource types in SourceEvents.");
  if (modes.includes("PROACTIVE") && options.organization)
    error(["Parameters", "EvaluationMode"], "A rule of an organization is DETECTIVE only.");

  const wrongAccounts = ExcludedAccounts.filter((account) => !/^\d{12}$/.test(account));
  if (wrongAccounts.length > 0)
    error(["Parameters", "ExcludedAccounts"], `${wrongAccounts.join(", ")}: an account has twelve digits.`);
  if (ExcludedAccounts.length > 0 && !options.organization)
    warn(["Parameters", "ExcludedAccounts"], "has a meaning for a rule of an organization only.");
  if (Object.keys(Tags).length > MAX_TAGS) error(["Tags"], `are more than the ${MAX_TAGS} that AWS takes.`);

  const remediation = remediationOf(folder, parameters, problems);
  if (remediation && options.organization)
    warn(["Parameters", "Remediation"], "is left out: a rule of an organization has no remediation.");
  return {
    organization: options.organization,
    description: Description,
    ...(inputParameters !== undefined && { input_parameters: inputParameters }),
    resource_types: resourceTypes,
    triggers,
    ...(periodic && { frequency: SourcePeriodic }),
    evaluation_modes: options.organization ? [] : modes,
    excluded_accounts: options.organization ? ExcludedAccounts : [],
    tags: Tags,
    ...(remediation && !options.organization && { remediation }),
  };
}

/** What Python, and so the RDK, takes for false. */
const isEmpty = (value: unknown): boolean => !value || (typeof value === "object" && Object.keys(value).length === 0);

/** The function of a custom rule, but for its code. */
function functionOf(folder: RuleFolder, parameters: Parameters, options: ExportOptions, problems: Problem[]) {
  const { error, warn } = reporter(problems, PARAMETERS_FILE);
  const { runtime, rdklib } = plainRuntime(options.runtime ?? parameters.SourceRuntime ?? "");
  const fault = runtimeFault(runtime, options.today);
  if (fault) (fault.severity === "error" ? error : warn)(["Parameters", "SourceRuntime"], fault.message);

  const needsLibrary = rdklib || plainRuntime(parameters.SourceRuntime ?? "").rdklib;
  if (needsLibrary && options.lambdaLayers.length >= MAX_LAYERS)
    error(["Parameters", "SourceRuntime"], `needs the layer with rdklib besides; Lambda takes ${MAX_LAYERS} layers.`);
  const handler = parameters.SourceHandler ?? handlerOf(folder, runtime);
  if (handler === undefined)
    error(
      ["Parameters", "SourceHandler"],
      `is missing, and there is no ${folder.name}.py with a lambda_handler: name the handler.`,
    );
  else if (!HANDLER.test(handler))
    error(
      ["Parameters", "SourceHandler"],
      `would be ${handler}; Lambda takes up to 128 characters without spaces: rename the file, and name the handler.`,
    );
  return {
    name: functionNameOf(folder.name, parameters.CustomLambdaName, problems),
    runtime,
    handler,
    ...(options.lambdaTimeout !== undefined && { timeout: options.lambdaTimeout }),
    rdklib: needsLibrary && options.rdklibLayerArn === undefined,
    layers: [
      ...(needsLibrary && options.rdklibLayerArn !== undefined ? [options.rdklibLayerArn] : []),
      ...options.lambdaLayers,
    ],
    subnet_ids: options.lambdaSubnets,
    security_group_ids: options.lambdaSecurityGroups,
    ...(options.lambdaRoleArn !== undefined && { role_arn: options.lambdaRoleArn }),
    ...(options.lambdaRoleName !== undefined && { role_name: options.lambdaRoleName }),
    assume_role: assumesRole(folder),
  };
}

function functionNameOf(name: string, custom: string | undefined, problems: Problem[]): string {
  if (custom !== undefined) {
    if (!/^[A-Za-z0-9_-]{1,64}$/.test(custom))
      reporter(problems, PARAMETERS_FILE).error(
        ["Parameters", "CustomLambdaName"],
        `has to be 1 to ${MAX_FUNCTION_NAME} of A-Z, a-z, 0-9, _ and -.`,
      );
    return custom;
  }
  // As the RDK names it, where that is a name that Lambda takes.
  return nameWithin(MAX_FUNCTION_NAME, /[^A-Za-z0-9_-]/g, `RDK-Rule-Function-${name.replaceAll("_", "")}`);
}

/** The handler that the RDK's template has, in the file as it is really written. */
function handlerOf({ name, files }: RuleFolder, runtime: string): string | undefined {
  if (!runtime.startsWith("python")) return undefined;
  const file = [...files.keys()].find((path) => path.toLowerCase() === `${name}.py`.toLowerCase());
  return file?.endsWith(".py") ? `${file.slice(0, -".py".length)}.lambda_handler` : undefined;
}

/** Whether the code takes the role that Config names in an event, as the RDK's template does on request. */
const assumesRole = (folder: RuleFolder): boolean =>
  Object.values(codeOf(folder)).some((bytes) =>
    /^\s*ASSUME_ROLE_MODE\s*=\s*True\b/m.test(Buffer.from(bytes).toString()),
  );

function packageOf(folder: RuleFolder, problems: Problem[]): Uint8Array | undefined {
  const { error } = reporter(problems, "");
  const code = codeOf(folder);
  for (const path of Object.keys(code).filter(isMisleading))
    reporter(problems, path).error([], "has a name that is another path elsewhere, or cannot be shown: rename it.");
  const size = Object.values(code).reduce((bytes, { length }) => bytes + length, 0);
  if (size === 0) error([], "holds no code.");
  if (size > MAX_CODE_BYTES) {
    error([], `holds ${size} bytes of code; Lambda takes ${MAX_CODE_BYTES}. Take out what the rule does not need.`);
    return undefined;
  }
  const packed = zip(code);
  if (packed.length > MAX_ZIP_BYTES)
    error([], `comes to a zip of ${packed.length} bytes; Lambda takes ${MAX_ZIP_BYTES}. Put libraries into a layer.`);
  return packed;
}

/** The policy of a Guard rule: the file with the name of the rule. */
function policyOf({ name, files }: RuleFolder, { SourceRuntime = "" }: Parameters, problems: Problem[]) {
  const file = `${name}.guard`;
  const { error } = reporter(problems, file);
  const text = Buffer.from(files.get(file) ?? "").toString();
  if (text.trim() === "") error([], "is missing or empty: it holds the policy of the rule.");
  if (text.length > MAX_POLICY) error([], `has ${text.length} characters; Config takes ${MAX_POLICY}.`);
  if (SourceRuntime !== "guard-2.x.x")
    reporter(problems, PARAMETERS_FILE).error(["Parameters", "SourceRuntime"], "must be guard-2.x.x for a Guard rule.");
  return { runtime: SourceRuntime, text };
}

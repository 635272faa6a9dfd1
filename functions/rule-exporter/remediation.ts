import { posix } from "node:path";
import type { RuleFolder } from "./code-package.ts";
import { PARAMETERS_FILE, type Parameters } from "./parameters-file.ts";
import { type Problem, reporter } from "./problem.ts";
import { nameWithin } from "./resource-name.ts";

/** How a resource that does not comply is mended, as Terraform gets it; undefined where the rule does not say. */
export function remediationOf(folder: RuleFolder, parameters: Parameters, problems: Problem[]) {
  const { Remediation, SSMAutomation, SourceEvents = [] } = parameters;
  const { error } = reporter(problems, PARAMETERS_FILE);
  if (!Remediation) {
    if (SSMAutomation) error(["Parameters", "SSMAutomation"], "has a meaning together with Remediation only.");
    return undefined;
  }
  const { Parameters: inputs = {}, ExecutionControls, ...rest } = Remediation;
  const { ConcurrentExecutionRatePercentage, ErrorPercentage } = ExecutionControls?.SsmControls ?? {};
  const onlyType = SourceEvents.length === 1 && SourceEvents[0] !== "ALL" ? SourceEvents[0] : undefined;
  return {
    target_id: rest.TargetId,
    ...given("target_version", rest.TargetVersion),
    ...given("resource_type", rest.ResourceType ?? onlyType),
    ...given("automatic", rest.Automatic),
    ...given("maximum_automatic_attempts", rest.MaximumAutomaticAttempts),
    ...given("retry_attempt_seconds", rest.RetryAttemptSeconds),
    ...given("concurrent_execution_rate_percentage", ConcurrentExecutionRatePercentage),
    ...given("error_percentage", ErrorPercentage),
    parameters: Object.fromEntries(
      Object.entries(inputs).map(([name, value]) => [
        name,
        "ResourceValue" in value
          ? { resource_value: value.ResourceValue.Value }
          : { static_values: value.StaticValue.Values },
      ]),
    ),
    ...(SSMAutomation && { document: documentOf(folder, parameters, SSMAutomation, problems) }),
  };
}

const given = (name: string, value: string | number | boolean | undefined) =>
  value === undefined ? {} : { [name]: value };

/** The document of an automation, and the actions that its role may do. */
function documentOf(
  { name, files }: RuleFolder,
  { Remediation }: Parameters,
  { Document, IAM = [] }: { Document: string; IAM?: string[] | undefined },
  problems: Problem[],
) {
  const { error } = reporter(problems, PARAMETERS_FILE);
  // The RDK reads it from the folder above that of the rule.
  const path = posix.normalize(Document.replace(/^\.\//, ""));
  const bytes = files.get(path.startsWith(`${name}/`) ? path.slice(name.length + 1) : path);
  const content = Buffer.from(bytes ?? "").toString();
  if (!bytes)
    error(["Parameters", "SSMAutomation", "Document"], "is not the path of a file in the folder of the rule.");
  else if (!isJson(content)) reporter(problems, path).error([], "is not JSON.");

  const badActions = IAM.filter((action) => !/^[a-z0-9-]+:[A-Za-z*]+$/.test(action));
  if (badActions.length > 0)
    error(["Parameters", "SSMAutomation", "IAM"], "must list actions such as s3:PutBucketEncryption.");
  if (IAM.length > 0 && !Object.hasOwn(Remediation?.Parameters ?? {}, "AutomationAssumeRole"))
    error(
      ["Parameters", "Remediation", "Parameters"],
      "lacks AutomationAssumeRole, by which the automation gets the role with the actions of SSMAutomation.",
    );
  return {
    name: nameWithin(128, /[^A-Za-z0-9_.-]/g, `RDK-Remediation-${name}`),
    content,
    actions: [...new Set(IAM)].sort(),
  };
}

function isJson(text: string): boolean {
  try {
    JSON.parse(text);
    return true;
  } catch {
    return false;
  }
}

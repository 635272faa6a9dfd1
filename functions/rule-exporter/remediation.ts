import { posix } from "node:path";
import type { RuleFolder } from "./needed-files.ts";
import { PARAMETERS_FILE, type Parameters } from "./parameters-file.ts";
import { type Checked, problemsIn } from "./problem.ts";
import { nameWithin } from "./resource-name.ts";
import type { RemediationEntry } from "./rule-entry.ts";

/** The remediation of a rule, as Terraform gets it; undefined where the rule has none. */
export function remediationOf(folder: RuleFolder, parameters: Parameters): Checked<RemediationEntry | undefined> {
  const { Remediation, SSMAutomation, SourceEvents = [] } = parameters;
  if (!Remediation)
    return {
      value: undefined,
      problems: problemsIn(PARAMETERS_FILE, [
        [
          SSMAutomation !== undefined,
          "/Parameters/SSMAutomation",
          "has no effect without Remediation: write both, or neither.",
        ],
      ]),
    };
  const { Parameters: inputs = {}, ExecutionControls, TargetVersion, Automatic } = Remediation;
  const { MaximumAutomaticAttempts, RetryAttemptSeconds } = Remediation;
  const { ConcurrentExecutionRatePercentage, ErrorPercentage } = ExecutionControls?.SsmControls ?? {};
  const onlyType = SourceEvents.length === 1 && SourceEvents[0] !== "ALL" ? SourceEvents[0] : undefined;
  const resourceType = Remediation.ResourceType ?? onlyType;
  const document = SSMAutomation && documentOf(folder, parameters, SSMAutomation);
  return {
    value: {
      target_id: Remediation.TargetId,
      ...(TargetVersion !== undefined && { target_version: TargetVersion }),
      ...(resourceType !== undefined && { resource_type: resourceType }),
      ...(Automatic !== undefined && { automatic: Automatic }),
      ...(MaximumAutomaticAttempts !== undefined && { maximum_automatic_attempts: MaximumAutomaticAttempts }),
      ...(RetryAttemptSeconds !== undefined && { retry_attempt_seconds: RetryAttemptSeconds }),
      ...(ConcurrentExecutionRatePercentage !== undefined && {
        concurrent_execution_rate_percentage: ConcurrentExecutionRatePercentage,
      }),
      ...(ErrorPercentage !== undefined && { error_percentage: ErrorPercentage }),
      parameters: Object.fromEntries(
        Object.entries(inputs).map(([name, value]) => [
          name,
          "ResourceValue" in value
            ? { resource_value: value.ResourceValue.Value }
            : { static_values: value.StaticValue.Values },
        ]),
      ),
      ...(document && { document: document.value }),
    },
    problems: document?.problems ?? [],
  };
}

/** The document of an automation, and the actions that its role may do. */
function documentOf(
  { name, files }: RuleFolder,
  { Remediation }: Parameters,
  { Document, IAM = [] }: NonNullable<Parameters["SSMAutomation"]>,
): Checked<NonNullable<RemediationEntry["document"]>> {
  // The RDK reads it from the folder above.
  const path = posix.normalize(Document.replace(/^\.\//, ""));
  const bytes = files.get(path.startsWith(`${name}/`) ? path.slice(name.length + 1) : path);
  const content = Buffer.from(bytes ?? "").toString();
  return {
    value: {
      name: nameWithin(128, /[^A-Za-z0-9_.-]/g, `RDK-Remediation-${name}`),
      content,
      actions: [...new Set(IAM)].sort(),
    },
    problems: [
      ...problemsIn(path, [[bytes !== undefined && !isJson(content), "", "is not JSON."]]),
      ...problemsIn(PARAMETERS_FILE, [
        [
          bytes === undefined,
          "/Parameters/SSMAutomation/Document",
          "is not the path of a file in the folder of the rule.",
        ],
        [
          IAM.some((action) => !/^[a-z0-9-]+:[A-Za-z*]+$/.test(action)),
          "/Parameters/SSMAutomation/IAM",
          "must list actions such as s3:PutBucketEncryption.",
        ],
        [
          IAM.length > 0 && !Object.hasOwn(Remediation?.Parameters ?? {}, "AutomationAssumeRole"),
          "/Parameters/Remediation/Parameters",
          "lacks AutomationAssumeRole, which gives the automation the role with the actions of SSMAutomation.",
        ],
      ]),
    ],
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

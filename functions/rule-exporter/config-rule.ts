import type { ExportOptions } from "./export-options.ts";
import type { RuleFolder } from "./needed-files.ts";
import { PARAMETERS_FILE, type Parameters } from "./parameters-file.ts";
import { type Checked, problemsIn } from "./problem.ts";
import { remediationOf } from "./remediation.ts";
import type { RuleEntry, RuleKind } from "./rule-entry.ts";

/**
 * The limits of Config: characters, and numbers of items.
 * https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html
 * https://docs.aws.amazon.com/config/latest/APIReference/API_PutConfigRule.html
 */
const MOST = { name: 128, description: 256, inputParameters: 1_024, resourceTypes: 100, tags: 50 };
/** https://docs.aws.amazon.com/config/latest/APIReference/API_OrganizationConfigRule.html */
const ORGANIZATION_NAME = /^[A-Za-z0-9_-]{1,64}$/;
const RESOURCE_TYPE = /^[A-Za-z0-9]+::[A-Za-z0-9]+::[A-Za-z0-9]+$/;
const ACCOUNT = /^\d{12}$/;

/** The entry of a rule, but for its policy or its function. */
export function configRuleOf(
  folder: RuleFolder,
  parameters: Parameters,
  kind: RuleKind,
  { organization }: ExportOptions,
): Checked<RuleEntry> {
  const { name } = folder;
  const { RuleName, Description = name, SourceEvents = [], SourcePeriodic, SourceIdentifier, Tags } = parameters;
  const { ExcludedAccounts = [], EvaluationMode = "DETECTIVE" } = parameters;
  const inputParameters = inputParametersOf(parameters);
  const resourceTypes = SourceEvents.includes("ALL") ? [] : SourceEvents;
  const wrongTypes = resourceTypes.filter((type) => !RESOURCE_TYPE.test(type));
  const wrongAccounts = ExcludedAccounts.filter((account) => !ACCOUNT.test(account));
  const changes = SourceEvents.length > 0;
  const periodic = SourcePeriodic !== undefined;
  const modes = EvaluationMode === "BOTH" ? ["DETECTIVE", "PROACTIVE"] : [EvaluationMode];
  const proactive = modes.includes("PROACTIVE");
  const remediation = remediationOf(folder, parameters);
  const problems = [
    ...problemsIn(PARAMETERS_FILE, [
      [
        name.trim() === "" || name.length > MOST.name,
        "",
        `The folder gives the rule its name, which has 1 to ${MOST.name} characters: rename the folder.`,
      ],
      [
        organization && !ORGANIZATION_NAME.test(name),
        "",
        "The folder gives the rule its name, which in an organization has 1 to 64 of A-Z, a-z, 0-9, _ and -: rename it.",
      ],
      [
        RuleName !== undefined && RuleName !== name,
        "/Parameters/RuleName",
        `differs from the name of the folder, ${name}. The rule gets the name of the folder.`,
        "warning",
      ],
      [
        Description.length > MOST.description,
        "/Parameters/Description",
        `has ${Description.length} characters; Config takes ${MOST.description}.`,
      ],
      [
        inputParameters !== undefined && inputParameters.length > MOST.inputParameters,
        "/Parameters/InputParameters",
        `come to ${inputParameters?.length} characters of JSON; Config takes ${MOST.inputParameters}.`,
      ],
      [
        wrongTypes.length > 0,
        "/Parameters/SourceEvents",
        `${wrongTypes.join(", ")}: write resource types such as AWS::S3::Bucket, or ALL.`,
      ],
      [
        resourceTypes.length > MOST.resourceTypes,
        "/Parameters/SourceEvents",
        `names ${resourceTypes.length} types; Config takes ${MOST.resourceTypes}.`,
      ],
      [
        kind === "custom" && !changes && !periodic,
        "/Parameters",
        "has neither SourceEvents nor SourcePeriodic, so the rule would never run.",
      ],
      [
        kind === "guard" && (!changes || periodic),
        "/Parameters",
        "A Guard rule runs on changes only: it needs SourceEvents, and no SourcePeriodic.",
      ],
      [
        proactive && resourceTypes.length === 0,
        "/Parameters/EvaluationMode",
        "PROACTIVE needs resource types in SourceEvents.",
      ],
      [proactive && organization, "/Parameters/EvaluationMode", "A rule of an organization is DETECTIVE only."],
      [
        wrongAccounts.length > 0,
        "/Parameters/ExcludedAccounts",
        `${wrongAccounts.join(", ")}: an account has twelve digits.`,
      ],
      [
        ExcludedAccounts.length > 0 && !organization,
        "/Parameters/ExcludedAccounts",
        "has no effect: only a rule of an organization excludes accounts.",
        "warning",
      ],
      [Object.keys(Tags).length > MOST.tags, "/Tags", `are more than the ${MOST.tags} that AWS takes.`],
    ]),
    ...remediation.problems,
    ...problemsIn(PARAMETERS_FILE, [
      [
        remediation.value !== undefined && organization,
        "/Parameters/Remediation",
        "is left out: a rule of an organization has no remediation.",
        "warning",
      ],
    ]),
  ];
  return {
    value: {
      kind,
      organization,
      description: Description,
      ...(inputParameters !== undefined && { input_parameters: inputParameters }),
      resource_types: resourceTypes,
      triggers: [
        // A change whose configuration item is too large for a message comes by the second kind.
        ...(changes && kind !== "managed"
          ? ["ConfigurationItemChangeNotification", "OversizedConfigurationItemChangeNotification"]
          : []),
        ...(periodic && kind === "custom" ? ["ScheduledNotification"] : []),
      ],
      ...(periodic && { frequency: SourcePeriodic }),
      evaluation_modes: organization ? [] : modes,
      excluded_accounts: organization ? ExcludedAccounts : [],
      tags: Tags,
      ...(remediation.value && !organization && { remediation: remediation.value }),
      ...(SourceIdentifier !== undefined && { identifier: SourceIdentifier }),
    },
    problems,
  };
}

/** The parameters as JSON. As in the RDK, optional ones that are empty, zero or false are left out; the others win. */
function inputParametersOf({ InputParameters = {}, OptionalParameters = {} }: Parameters): string | undefined {
  const given = Object.entries(OptionalParameters).filter(([, value]) => !isEmpty(value));
  const input = { ...InputParameters, ...Object.fromEntries(given) };
  return Object.keys(input).length === 0 ? undefined : JSON.stringify(input);
}

/** Python, and so the RDK, takes these values for false. */
const isEmpty = (value: unknown): boolean => !value || (typeof value === "object" && Object.keys(value).length === 0);

import * as z from "zod";
import { type Checked, type Problem, problemOf } from "./problem.ts";

/** A JSON text, as RDK writes objects into parameters.json, or the value itself, as people write it. */
const jsonText = z.unknown().transform((value, context): unknown => {
  if (typeof value !== "string") return value;
  if (value.trim() === "") return undefined;
  try {
    return JSON.parse(value);
  } catch (error) {
    context.addIssue(`is not JSON: ${error instanceof Error ? error.message : error}`);
    return z.NEVER;
  }
});

/** A list that RDK writes as a text with commas. */
const commaList = z
  .union(
    [z.string().transform((text) => text.split(",")), z.array(z.string())],
    "must be a text with commas, or a list",
  )
  .transform((items) => [...new Set(items.map((item) => item.trim()).filter((item) => item !== ""))].sort());

const text = z.string().trim();
const filledText = text.min(1, "must not be empty");
/** A number that RDK writes as a text. */
const numberTo = (most: number) => {
  const message = `must be a number from 1 to ${most}`;
  return z
    .union([z.number(), z.string().trim().regex(/^\d+$/).transform(Number)], message)
    .pipe(z.int(message).min(1, message).max(most, message));
};
/** RDK writes null where there is nothing. */
const optional = <Schema extends z.ZodType>(schema: Schema) =>
  schema.nullish().transform((value) => value ?? undefined);

/** Tags as `create` writes them, as `rulesets add` does, and as the help of RDK 1.0.0 shows them. */
const tags = jsonText
  .pipe(
    optional(
      z.union(
        [
          z.array(
            z.union([
              z.strictObject({ Key: z.string(), Value: z.string() }).transform(({ Key, Value }) => ({ [Key]: Value })),
              z.record(z.string(), z.string()),
            ]),
          ),
          z.record(z.string(), z.string()).transform((one) => [one]),
        ],
        "must be a list of {Key, Value}",
      ),
    ),
  )
  .transform((list = []): Record<string, string> => Object.assign({}, ...list))
  .prefault("[]");

const parameterValue = z.union(
  [
    z.strictObject({ StaticValue: z.strictObject({ Values: z.array(z.string().min(1).max(256)).min(1).max(25) }) }),
    z.strictObject({ ResourceValue: z.strictObject({ Value: z.literal("RESOURCE_ID") }) }),
  ],
  "must be {StaticValue: {Values: [text]}}, with 1 to 25 texts of 1 to 256 characters, or {ResourceValue: {Value: RESOURCE_ID}}; functions of CloudFormation such as Fn::Sub are not translated: write the value itself",
);

/** https://docs.aws.amazon.com/config/latest/APIReference/API_RemediationConfiguration.html */
const remediation = z.object({
  Automatic: optional(z.union([z.boolean(), z.stringbool()])),
  ExecutionControls: optional(
    z.object({
      SsmControls: optional(
        z.object({
          ConcurrentExecutionRatePercentage: optional(numberTo(100)),
          ErrorPercentage: optional(numberTo(100)),
        }),
      ),
    }),
  ),
  MaximumAutomaticAttempts: optional(numberTo(25)),
  RetryAttemptSeconds: optional(numberTo(2_678_000)),
  Parameters: optional(z.record(z.string(), parameterValue)),
  ResourceType: optional(text),
  TargetId: filledText,
  TargetType: optional(z.literal("SSM_DOCUMENT", "must be SSM_DOCUMENT")),
  TargetVersion: optional(text),
});

const inputObject = jsonText.pipe(optional(z.record(z.string(), z.unknown(), "must be an object"))).prefault("{}");

const notOfRdk = "must be an object: this is not a parameters.json of the RDK";
/** https://docs.aws.amazon.com/config/latest/APIReference/API_ConfigRule.html and the format of the RDK. */
const parametersFile = z.object(
  {
    Parameters: z.object(
      {
        RuleName: optional(z.string()),
        Description: optional(text),
        SourceRuntime: optional(text),
        SourceHandler: optional(text),
        SourceEvents: optional(commaList),
        SourcePeriodic: optional(z.enum(["One_Hour", "Three_Hours", "Six_Hours", "Twelve_Hours", "TwentyFour_Hours"])),
        SourceIdentifier: optional(filledText),
        EvaluationMode: optional(z.enum(["DETECTIVE", "PROACTIVE", "BOTH"])),
        InputParameters: inputObject,
        OptionalParameters: inputObject,
        CustomLambdaName: optional(text),
        RuleSets: optional(commaList),
        ExcludedAccounts: optional(commaList),
        Remediation: optional(remediation),
        SSMAutomation: optional(z.object({ Document: z.string(), IAM: optional(z.array(z.string())) })),
      },
      notOfRdk,
    ),
    Tags: tags,
  },
  notOfRdk,
);

/** The content of a parameters.json, in one form for all versions of the RDK. */
export type Parameters = z.output<typeof parametersFile>["Parameters"] & { Tags: Record<string, string> };

export const PARAMETERS_FILE = "parameters.json";

/**
 * Reads the parameters.json of a rule.
 *
 * @param files of the rule's folder, by their paths
 * @returns undefined where anything is wrong with it
 */
export function readParameters(files: ReadonlyMap<string, Uint8Array>): Checked<Parameters | undefined> {
  const misread = (problems: readonly Problem[]) => ({ value: undefined, problems });
  const bytes = files.get(PARAMETERS_FILE);
  if (!bytes) return misread([problemOf(PARAMETERS_FILE, "", "is missing: a rule of the RDK has one.")]);
  let content: unknown;
  try {
    content = JSON.parse(new TextDecoder("utf-8", { fatal: true }).decode(bytes));
  } catch (fault) {
    const reason = fault instanceof Error ? fault.message : fault;
    return misread([problemOf(PARAMETERS_FILE, "", `is not JSON: ${reason}. Look for a trailing comma or a quote.`)]);
  }
  const { success, data, error } = parametersFile.safeParse(content);
  if (success) return { value: { ...data.Parameters, Tags: data.Tags }, problems: [] };
  return misread(error.issues.map(({ path, message }) => problemOf(PARAMETERS_FILE, pointerOf(path), message)));
}

const pointerOf = (path: readonly PropertyKey[]): string =>
  path.map((part) => `/${String(part).replaceAll("~", "~0").replaceAll("/", "~1")}`).join("");

/** A statement of a policy, as `aws_iam_policy_document` writes it. */
interface Statement {
  Effect: "Allow" | "Deny";
  Action: string | string[];
  Resource?: string | string[];
  NotResource?: string | string[];
  Principal?: Record<string, string | string[]>;
  Condition?: Record<string, Record<string, string | string[]>>;
}

/** A call of AWS. The context has the values of condition keys. */
export interface Call {
  action: string;
  resource?: string;
  context?: Readonly<Record<string, string>>;
}

const listOf = (value: string | string[] | undefined): string[] => [value ?? []].flat();

const matches = (pattern: string, value: string, flags = "") =>
  new RegExp(
    `^${pattern
      .replace(/[.+^${}()|[\]\\]/g, "\\$&")
      .replaceAll("*", ".*")
      .replaceAll("?", ".")}$`,
    `s${flags}`,
  ).test(value);

// An operator that is negated matches a request without the key; one for all values does so too.
// https://docs.aws.amazon.com/IAM/latest/UserGuide/reference_policies_elements_condition_operators.html
const operators: Record<string, (value: string | undefined, wanted: string[]) => boolean> = {
  ArnEquals: (value, wanted) => value !== undefined && wanted.some((one) => matches(one, value)),
  ArnLike: (value, wanted) => value !== undefined && wanted.some((one) => matches(one, value)),
  ArnNotEquals: (value, wanted) => value === undefined || !wanted.some((one) => matches(one, value)),
  Bool: (value, wanted) => wanted.includes(value ?? ""),
  "ForAllValues:StringEquals": (value, wanted) => value === undefined || wanted.includes(value),
  Null: (value, wanted) => wanted.includes(String(value === undefined)),
  StringEquals: (value, wanted) => value !== undefined && wanted.includes(value),
  StringEqualsIfExists: (value, wanted) => value === undefined || wanted.includes(value),
  StringLike: (value, wanted) => value !== undefined && wanted.some((one) => matches(one, value)),
};

function applies(statement: Statement, { action, resource = "*", context = {} }: Call): boolean {
  const { Action, Resource, NotResource, Condition = {} } = statement;
  const isOnIt = NotResource
    ? !listOf(NotResource).some((pattern) => matches(pattern, resource))
    : Resource === undefined || listOf(Resource).some((pattern) => matches(pattern, resource));
  return (
    listOf(Action).some((pattern) => matches(pattern, action, "i")) &&
    isOnIt &&
    Object.entries(Condition).every(([operator, keys]) =>
      Object.entries(keys).every(([key, wanted]) => {
        const holds = operators[operator];
        if (!holds) throw new Error(`The condition operator ${operator} is unknown.`);
        return holds(context[key], listOf(wanted));
      }),
    )
  );
}

/** Whether policies allow a call, and none denies it. Knows the operators that our policies use; another one is an error. */
export function isAllowed(policies: readonly string[], call: Call): boolean {
  const effects = policies
    .flatMap((policy): Statement[] => JSON.parse(policy).Statement)
    .filter((statement) => applies(statement, call))
    .map(({ Effect }) => Effect);
  return effects.includes("Allow") && !effects.includes("Deny");
}

/** Whether policies deny a call. */
export const isDenied = (policies: readonly string[], call: Call): boolean =>
  policies
    .flatMap((policy): Statement[] => JSON.parse(policy).Statement)
    .some((statement) => statement.Effect === "Deny" && applies(statement, call));

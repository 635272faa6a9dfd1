import { type Mask, SHORTEST_SECRET } from "./masked-text.ts";

/**
 * The values that a plan marks as sensitive, as text: each text and number below a mark, and the values of sensitive variables and
 * outputs. Terraform writes them into the JSON of a plan in clear.
 * https://developer.hashicorp.com/terraform/internals/json-format
 *
 * @param plan the output of `terraform show -json`, parsed
 */
export function planSecrets(plan: unknown): string[] {
  const found = new Set<string>();
  look(plan, found);
  const configured = member(member(plan, "configuration"), "root_module");
  for (const [name, variable] of membersOf(member(configured, "variables")))
    if (member(variable, "sensitive") === true) take(member(member(member(plan, "variables"), name), "value"), found);
  return [...found];
}

/** Masks the secrets of a plan from now on. A shorter value than a secret may have would mask ordinary text. */
export function maskPlanSecrets(plan: unknown, mask: Pick<Mask, "add">): void {
  for (const secret of planSecrets(plan)) if (secret.length >= SHORTEST_SECRET) mask.add(secret);
}

/** Marks of a value, by the name of the value. */
const MARKS = [
  ["before", "before_sensitive"],
  ["after", "after_sensitive"],
  ["values", "sensitive_values"],
  ["value", "sensitive"],
] as const;

function look(node: unknown, found: Set<string>): void {
  for (const [value, marks] of MARKS) takeMarked(member(node, value), member(node, marks), found);
  for (const [, inner] of membersOf(node)) look(inner, found);
}

function takeMarked(value: unknown, marks: unknown, found: Set<string>): void {
  if (marks === true) take(value, found);
  else for (const [name, inner] of membersOf(marks)) takeMarked(member(value, name), inner, found);
}

function take(value: unknown, found: Set<string>): void {
  if (typeof value === "string" || typeof value === "number") found.add(String(value));
  else for (const [, inner] of membersOf(value)) take(inner, found);
}

const membersOf = (node: unknown): [string, unknown][] =>
  typeof node === "object" && node !== null ? Object.entries(node) : [];

const member = (node: unknown, name: string): unknown =>
  typeof node === "object" && node !== null ? Object.getOwnPropertyDescriptor(node, name)?.value : undefined;

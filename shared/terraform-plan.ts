import * as z from "zod";
import { Refusal } from "./refusal.ts";

const change = z.object({
  actions: z.array(z.string()),
  before: z.unknown().optional(),
  after: z.unknown().optional(),
  after_unknown: z.unknown().optional(),
});

const resourceChange = z.object({
  address: z.string(),
  deposed: z.string().optional(),
  previous_address: z.string().optional(),
  type: z.string(),
  change: change.extend({ replace_paths: z.unknown().optional(), importing: z.unknown().optional() }),
});
export type ResourceChange = z.output<typeof resourceChange>;

/** The fields of a plan that we use: https://developer.hashicorp.com/terraform/internals/json-format */
const terraformPlan = z.object({
  format_version: z.string().regex(/^1\./, "must be 1.x"),
  applyable: z.boolean(),
  resource_changes: z.array(resourceChange).default([]),
  output_changes: z.record(z.string(), change).default({}),
  resource_drift: z
    .array(z.object({ address: z.string(), change: z.object({ actions: z.array(z.string()) }) }))
    .default([]),
});
export type TerraformPlan = z.output<typeof terraformPlan>;

/**
 * Reads what `terraform show -json` prints of a saved plan. A number that a double does not hold exactly, such as an integer
 * above 2^53, becomes the text that Terraform wrote, so that two numbers are never taken for one.
 */
export function readPlan(text: string): TerraformPlan {
  const parsed = terraformPlan.safeParse(
    JSON.parse(text, (_, value: unknown, context?: { source?: string }) =>
      typeof value === "number" && context?.source !== String(value) ? context?.source : value,
    ),
  );
  if (!parsed.success)
    throw new Error(`Terraform's plan has a form that this program does not know. ${z.prettifyError(parsed.error)}`);
  return parsed.data;
}

/** What happens to a resource. */
export type Action = "create" | "update" | "replace" | "destroy" | "import" | "move" | "forget";

export interface PlannedChange {
  address: string;
  deposed?: string;
  type: string;
  action: Action;
}

const ACTIONS: Readonly<Record<string, Action | "none">> = {
  create: "create",
  update: "update",
  delete: "destroy",
  "delete create": "replace",
  "create delete": "replace",
  forget: "forget",
  // The old object stays, unmanaged.
  "create forget": "forget",
  "no-op": "none",
  read: "none",
};

/** Each resource that changes, in Terraform's order. A resource that is only moved or imported counts too. */
export const plannedChanges = ({ resource_changes }: TerraformPlan): PlannedChange[] =>
  resource_changes.flatMap(({ address, deposed, previous_address, type, change: { actions, importing } }) => {
    const known = ACTIONS[actions.join(" ")];
    if (known === undefined)
      throw new Refusal(`Terraform plans to ${actions.join(" and ")} ${address}, and this program does not know that.`);
    const still = importing ? "import" : previous_address === undefined ? "none" : "move";
    const action = known === "none" && actions[0] === "no-op" ? still : known;
    return action === "none" ? [] : [{ address, ...(deposed !== undefined && { deposed }), type, action }];
  });

/** The outputs of the root that change. */
export const changedOutputs = ({ output_changes }: TerraformPlan): string[] =>
  Object.entries(output_changes)
    .filter(([, { actions }]) => actions.join(" ") !== "no-op")
    .map(([name]) => name);
